/** Starts the text of a value that may be served after its time, or is made anew before it. */
const MARK = '\u0003'
const HEAD = /^(\d+),(\d+)\n/

/** A value's text and what its refresh depends on. */
export interface Enveloped {
  readonly text: string
  /** Milliseconds at the end of the entry's life in which it is stale. */
  readonly staleMs: number
  /** Milliseconds that it took to compute. */
  readonly computeMs: number
}

/** Text without an envelope where none is needed. */
export function wrap({ text, staleMs, computeMs }: Enveloped): string {
  if (staleMs === 0 && computeMs === 0 && !text.startsWith(MARK)) return text
  return `${MARK}${staleMs},${computeMs}\n${text}`
}

export function unwrap(stored: string): Enveloped {
  const head = stored.startsWith(MARK) ? HEAD.exec(stored.slice(MARK.length)) : null
  if (!head) return { text: stored, staleMs: 0, computeMs: 0 }
  return {
    text: stored.slice(MARK.length + head[0].length),
    staleMs: Number(head[1]),
    computeMs: Number(head[2]),
  }
}

/**
 * Should the entry be made anew? When it is stale, and by chance before that (XFetch): the sooner the end and the
 * longer the computation, the likelier.
 *
 * @param leftMs until the entry is gone, negative when it never is
 */
export function isDue(entry: Enveloped, leftMs: number, beta: number): boolean {
  if (leftMs < 0) return false
  const freshMs = leftMs - entry.staleMs
  return freshMs <= entry.computeMs * beta * -Math.log(1 - Math.random())
}
