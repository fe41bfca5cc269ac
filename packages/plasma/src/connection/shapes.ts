import { Command } from 'ioredis'

type Transform = (reply: unknown, context: object) => unknown

/** ioredis' own changes to replies, which undo what RESP3 changed. */
export const TRANSFORMS = new Map(
  Object.entries(
    (Command as unknown as { _transformer?: { reply: Record<string, Transform> } })._transformer
      ?.reply ?? {},
  ),
)

/** Bytes as text, in whatever depth. */
export function toText(reply: unknown): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString()
  return Array.isArray(reply) ? reply.map(toText) : reply
}

const INTEGER = /^-?\d{1,19}$/

/** Undoes `stringNumbers`: while texts are still bytes, what is text is a number. */
export function withNumbers(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(withNumbers)
  return typeof reply === 'string' && INTEGER.test(reply) ? Number(reply) : reply
}

/** RESP2's shapes of what RESP3's `replyMapping` made: maps are flat lists, doubles bytes, booleans 1 and 0. */
export function unmapped(reply: unknown): unknown {
  if (typeof reply === 'boolean') return Number(reply)
  if (typeof reply === 'number' && !Number.isInteger(reply)) return Buffer.from(doubleText(reply))
  if (Array.isArray(reply)) return reply.map(unmapped)
  if (typeof reply !== 'object' || reply === null) return reply
  if (Buffer.isBuffer(reply) || reply instanceof Error) return reply
  const entries = reply instanceof Map ? [...reply] : Object.entries(reply)
  return entries.flatMap(([key, value]) => [asBytes(key), unmapped(value)])
}

const asBytes = (key: unknown): unknown => (typeof key === 'string' ? Buffer.from(key) : key)

/** As Redis writes it. */
const doubleText = (value: number): string =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf'

/** Is the reply in Redis' own format, which is no text? */
export const isBinary = (name: string, args: readonly (string | Buffer)[]): boolean =>
  name === 'dump' || (name === 'function' && String(args[0]).toUpperCase() === 'DUMP')
