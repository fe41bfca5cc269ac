import type { Duplex } from 'node:stream'

/** Each further part has so many times the commands of the one before. */
const GROWTH = 4
/** A part ends with the command that brings it to so many characters. */
const MAX_PART = 64 * 1_024

const pending = new Set<() => void>()
let listening = false

/**
 * Write what one tick sends with few system calls, instead of one for each command: the dearest part of a small
 * command. It leaves in parts that grow, so that the server works on the first while the rest is encoded. What is
 * written while the stream is corked is not divided.
 * Order is kept; what a process wrote in its last tick is on the wire before it exits.
 *
 * @param firstPart how many commands the first part of a tick has, from 1 up
 */
export function coalesce(stream: Duplex, firstPart: () => number): void {
  const write = stream.write.bind(stream) as (
    chunk: string | Uint8Array,
    ...rest: unknown[]
  ) => boolean
  const end = stream.end.bind(stream)
  let text = ''
  let commands = 0
  let part = 1
  let scheduled = false
  const send = () => {
    const chunk = text
    text = ''
    commands = 0
    part *= GROWTH
    write(chunk)
  }
  const flush = () => {
    scheduled = false
    pending.delete(flush)
    if (text !== '') send()
  }
  stream.write = ((chunk: unknown, ...rest: unknown[]) => {
    if (typeof chunk !== 'string' || rest.length > 0) {
      flush()
      return write(chunk as Uint8Array, ...rest)
    }
    text += chunk
    commands++
    if (!scheduled) {
      scheduled = true
      part = firstPart()
      pending.add(flush)
      process.nextTick(flush)
    }
    const isPart = commands >= part && stream.writableCorked === 0
    if (isPart || text.length >= MAX_PART) send()
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
