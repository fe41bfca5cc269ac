/** Starts the text of a value that may be served after its time, or is made anew before it. */
const MARK = '\u0003'
const HEAD = new RegExp(`^${MARK}(\\d+),(\\d+)(?:,(\\d+))?\n`)
/** So much of a text holds every head. */
export const HEAD_BYTES = 64

/** What the refresh of a value depends on. */
export interface Age {
  /** Milliseconds before its grace in which it is stale: served, while a new one is made. */
  readonly staleMs: number
  /** Milliseconds at the end of the entry's life in which it is served only when a new one cannot be made. */
  readonly graceMs: number
  /** Milliseconds that it took to compute. */
  readonly computeMs: number
}

/** A value's text and its age. */
export interface Enveloped extends Age {
  readonly text: string
}

/** Text without an envelope where none is needed. */
export function wrap({ text, staleMs, graceMs, computeMs }: Enveloped): string {
  if (staleMs === 0 && graceMs === 0 && computeMs === 0 && !text.startsWith(MARK)) return text
  const grace = graceMs === 0 ? '' : `,${graceMs}`
  return `${MARK}${staleMs},${computeMs}${grace}\n${text}`
}

export function unwrap(stored: string): Enveloped {
  const head = stored.startsWith(MARK) ? HEAD.exec(stored) : null
  if (!head) return { text: stored, staleMs: 0, graceMs: 0, computeMs: 0 }
  return {
    text: stored.slice(head[0].length),
    staleMs: Number(head[1]),
    computeMs: Number(head[2]),
    graceMs: Number(head[3] ?? 0),
  }
}

/** The grace in a text, or in its first bytes behind `skip`; 0 for none. */
export function graceOf(stored: string, skip = 0): number {
  if (stored.charCodeAt(skip) !== MARK.charCodeAt(0)) return 0
  return Number(HEAD.exec(stored.slice(skip, skip + HEAD_BYTES))?.[3] ?? 0)
}

/** Is it over its time, and there only for when nothing better can be had? `leftMs` is negative when it never ends. */
export const isGrace = (graceMs: number, leftMs: number): boolean =>
  graceMs > 0 && leftMs >= 0 && leftMs <= graceMs

/**
 * Should the entry be made anew? When it is stale, and by chance before that (XFetch): the sooner the end and the
 * longer the computation, the likelier.
 *
 * @param leftMs until the entry is gone, negative when it never is
 */
export function isDue(age: Age, leftMs: number, beta: number): boolean {
  if (leftMs < 0) return false
  const freshMs = leftMs - age.staleMs - age.graceMs
  return freshMs <= age.computeMs * beta * -Math.log(1 - Math.random())
}
