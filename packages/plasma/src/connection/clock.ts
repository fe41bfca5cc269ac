let now = 0
let fresh = false

const grow = () => {
  fresh = false
}

/** `performance.now()` of this tick: one reading for all commands that are called, or answered, together. */
export function tickTime(): number {
  if (fresh) return now
  now = performance.now()
  fresh = true
  process.nextTick(grow)
  return now
}
