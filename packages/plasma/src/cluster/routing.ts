import calculateSlot from 'cluster-key-slot'
import type { Argument } from '../commands/arguments.js'
import type { Request } from '../wire.js'

/** How the replies of several nodes become one. */
export type Merge = (replies: readonly unknown[]) => unknown

const sum: Merge = replies => replies.reduce<number>((total, reply) => total + Number(reply), 0)
const first: Merge = replies => replies[0]
const concatenated: Merge = replies => replies.flat()
const different: Merge = replies => [...new Set(replies.flat())]
const every: Merge = replies =>
  (replies[0] as unknown[]).map((_, i) =>
    Number(replies.every(reply => (reply as number[])[i] === 1)),
  )

/** Commands whose keys may be spread over the Cluster, because each key is handled for itself. */
const PER_KEY: Readonly<Record<string, { step: 1 | 2; merge: Merge | 'by position' }>> = {
  del: { step: 1, merge: sum },
  unlink: { step: 1, merge: sum },
  exists: { step: 1, merge: sum },
  touch: { step: 1, merge: sum },
  mget: { step: 1, merge: 'by position' },
  mset: { step: 2, merge: first },
}

/** Commands that concern every master. */
const EVERYWHERE: Readonly<Record<string, Merge>> = {
  keys: concatenated,
  dbsize: sum,
  flushdb: first,
  flushall: first,
  'script load': first,
  'script flush': first,
  'script exists': every,
  'function load': first,
  'function delete': first,
  'function flush': first,
  'function restore': first,
  'config set': first,
  'config resetstat': first,
  'config rewrite': first,
  'slowlog reset': first,
  'latency reset': sum,
  'memory purge': first,
  'pubsub channels': different,
  'pubsub shardchannels': different,
}

/** How the replies of all masters become one, if the command concerns them all. */
export const mergeOfMasters = ({ name, args }: Request): Merge | undefined =>
  EVERYWHERE[name] ?? EVERYWHERE[`${name} ${String(args[0]).toLowerCase()}`]

/** A request cut into one for each slot, and how their replies become one. */
export interface Split {
  parts: Request[]
  merge: Merge
}

/** Cut a request whose keys lie in several slots; `undefined` where it is whole or cannot be cut. */
export function splitBySlot(request: Request, keyPrefix: string): Split | undefined {
  const rule = Object.hasOwn(PER_KEY, request.name) ? PER_KEY[request.name] : undefined
  if (!rule || request.args.length <= rule.step) return undefined
  const slots = new Map<number, { args: Argument[]; positions: number[] }>()
  for (let i = 0; i < request.args.length; i += rule.step) {
    const slot = slotOf(request.args[i] as Argument, keyPrefix)
    const part = slots.get(slot) ?? { args: [], positions: [] }
    part.args.push(...request.args.slice(i, i + rule.step))
    part.positions.push(i)
    slots.set(slot, part)
  }
  if (slots.size < 2) return undefined
  const parts = [...slots.values()]
  return {
    parts: parts.map(({ args }) => ({ name: request.name, args, keys: request.keys })),
    merge: rule.merge === 'by position' ? byPosition(parts) : rule.merge,
  }
}

function byPosition(parts: readonly { positions: readonly number[] }[]): Merge {
  return replies => {
    const merged: unknown[] = []
    for (const [i, { positions }] of parts.entries()) {
      const values = replies[i] as unknown[]
      for (const [j, position] of positions.entries()) merged[position] = values[j]
    }
    return merged
  }
}

/** The slot of a key; an argument that is none gets slot 0 and is refused when it is sent. */
export function slotOf(key: Argument, keyPrefix: string): number {
  if (typeof key === 'string') return calculateSlot(keyPrefix + key)
  if (key instanceof Uint8Array) return calculateSlot(Buffer.concat([Buffer.from(keyPrefix), key]))
  return 0
}
