import type { Duplex } from 'node:stream'

/** Bytes after which a tick's commands are written at once. */
const MAX_PENDING = 64 * 1_024

const pending = new Set<() => void>()
let listening = false

/**
 * Write what one tick sends with one system call, instead of one for each command: the dearest part of a small
 * command. Order is kept; what a process wrote in its last tick is on the wire before it exits.
 */
export function coalesce(stream: Duplex): void {
  const write = stream.write.bind(stream) as (
    chunk: string | Uint8Array,
    ...rest: unknown[]
  ) => boolean
  const end = stream.end.bind(stream)
  let text = ''
  let scheduled = false
  const flush = () => {
    scheduled = false
    pending.delete(flush)
    if (text === '') return
    const chunk = text
    text = ''
    write(chunk)
  }
  stream.write = ((chunk: unknown, ...rest: unknown[]) => {
    if (typeof chunk !== 'string' || rest.length > 0) {
      flush()
      return write(chunk as Uint8Array, ...rest)
    }
    text += chunk
    if (text.length >= MAX_PENDING) flush()
    else if (!scheduled) {
      scheduled = true
      pending.add(flush)
      process.nextTick(flush)
    }
    return true
  }) as Duplex['write']
  stream.end = ((...args: Parameters<typeof end>) => {
    flush()
    return end(...args)
  }) as Duplex['end']
  if (listening) return
  listening = true
  process.on('exit', () => {
    for (const rest of pending) rest()
  })
}
