/** Bytes as text, in whatever depth. */
export function toText(reply: unknown): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString()
  return Array.isArray(reply) ? reply.map(toText) : reply
}

/** RESP2's shapes of what RESP3's `replyMapping` made: maps are flat lists, doubles bytes, booleans 1 and 0. */
export function unmapped(reply: unknown): unknown {
  if (typeof reply === 'boolean') return Number(reply)
  if (typeof reply === 'number' && !Number.isInteger(reply)) return Buffer.from(doubleText(reply))
  if (Array.isArray(reply)) return reply.map(unmapped)
  if (typeof reply !== 'object' || reply === null) return reply
  if (Buffer.isBuffer(reply) || reply instanceof Error) return reply
  const entries = reply instanceof Map ? [...reply] : Object.entries(reply)
  return entries.flatMap(([key, value]) => [toBytes(key), unmapped(value)])
}

const toBytes = (key: unknown): unknown => (typeof key === 'string' ? Buffer.from(key) : key)

/** As Redis writes it. */
const doubleText = (value: number): string =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf'
