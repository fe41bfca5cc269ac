import { InvalidArgumentError } from '@gravito/plasma'
import {
  checkMs,
  checkOptions,
  DEFAULTS,
  type LocksOptions,
  type ResolvedOptions,
  resolve,
} from '../options.js'
import { LockStore, type LocksSource } from '../redis/store.js'
import { QUORUM } from '../scripts/quorum.js'
import { QuorumMutex, type QuorumMutexOptions } from './mutex.js'
import { QuorumRenewals } from './renewals.js'

export interface QuorumOptions extends Omit<LocksOptions, 'reentrant' | 'minReplicas'> {
  /** Milliseconds after which a node counts as down for one question. Default a tenth of `ttlMs`, at most 1 000. */
  nodeMs?: number
  /** Milliseconds between two attempts, about. Default 100. */
  retryMs?: number
}

/** What the locks of one quorum share. */
export interface Quorum {
  readonly nodes: readonly LockStore[]
  readonly renewals: QuorumRenewals
  readonly nodeMs: number | undefined
  readonly retryMs: number
}

const RETRY_MS = 100
const LEAST_NODES = 3

/** Locks that a majority of independent masters must grant. */
export class QuorumLocks {
  readonly #quorum: Quorum
  readonly #options: ResolvedOptions

  constructor(sources: readonly LocksSource[], options: QuorumOptions = {}) {
    checkOptions(options)
    const { nodeMs, retryMs = RETRY_MS, ...rest } = options
    if (!Array.isArray(sources) || new Set(sources).size < LEAST_NODES) {
      throw new InvalidArgumentError('sources', `must be at least ${LEAST_NODES} different clients`)
    }
    if (nodeMs !== undefined) checkMs('nodeMs', nodeMs, 1)
    checkMs('retryMs', retryMs, 1)
    this.#options = resolved(DEFAULTS, rest)
    const nodes = [...new Set(sources)].map(it => {
      return new LockStore(it, this.#options.prefix, QUORUM)
    })
    const renewals = new QuorumRenewals(nodes.map(node => node.renewals))
    this.#quorum = { nodes, renewals, nodeMs, retryMs }
  }

  /**
   * The mutex called `name`.
   *
   * @throws InvalidArgumentError for a bad name or option
   */
  mutex(name: string, options: QuorumMutexOptions = {}): QuorumMutex {
    return new QuorumMutex(this.#quorum, name, resolved(this.#options, options))
  }
}

/**
 * Locks over independent masters (no replicas of each other), of which a majority must be up: a node that loses its data
 * or fails over does not let two holders in, as long as most of the others stand.
 *
 * @throws InvalidArgumentError for fewer than three clients, or naming a bad option
 */
export function quorum(sources: readonly LocksSource[], options: QuorumOptions = {}): QuorumLocks {
  return new QuorumLocks(sources, options)
}

function resolved(defaults: ResolvedOptions, options: LocksOptions): ResolvedOptions {
  for (const name of ['reentrant', 'minReplicas'] as const) {
    if (options[name]) throw new InvalidArgumentError(name, 'is no option of a quorum')
  }
  return resolve(defaults, options)
}
