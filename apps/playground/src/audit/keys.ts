/** Where messages about the audits travel. */
export const PROGRESS_CHANNEL = 'playground:progress'

/** The tag of every cached manifest. */
export const MANIFESTS_TAG = 'manifests'

/** In front of the cache's keys and the locks' keys. */
export const CACHE_PREFIX = 'playground:cache:'
export const LOCK_PREFIX = 'playground:lock'

/** One audit's keys; one hash tag, so that a Cluster keeps them together. */
export interface AuditKeys {
  /** List: directories that wait. */
  readonly pending: string
  /** Hash: directory -> what is wrong with the package; has a field per finished package. */
  readonly done: string
  /** Hash: all numbers of the audit. */
  readonly counters: string
  /** The list of the largest packages, and who wrote it last. */
  readonly largest: string
  /** List: directories that a worker has taken and not finished. */
  taken(worker: string): string
}

export function auditKeys(id: string): AuditKeys {
  const prefix = `playground:{audit:${id}}:`
  return {
    pending: `${prefix}pending`,
    done: `${prefix}done`,
    counters: `${prefix}counters`,
    largest: `${prefix}largest`,
    taken: worker => `${prefix}taken:${worker}`,
  }
}
