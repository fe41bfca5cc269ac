import { RedisConfigError } from '../errors.js'
import type { ConnectionConfig } from './types.js'

/** What is wrong with a value, if anything is. */
export type Check = (value: unknown) => string | undefined

export const text: Check = value => (typeof value === 'string' ? undefined : 'must be a text')
export const filled: Check = value =>
  typeof value === 'string' && value.trim() !== '' ? undefined : 'must be a text that is not empty'
export const secret: Check = value => {
  if (value === null || value === '') return undefined
  if (value === 'null' || value === 'undefined') {
    return `is the text "${value}", which an unset environment variable leaves behind; leave the option out`
  }
  return text(value)
}
/** The longest time that a timer takes, in milliseconds: 24 days. */
export const LONGEST_MS = 2 ** 31 - 1

export const count =
  (min: number, max = Number.MAX_SAFE_INTEGER): Check =>
  value =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `must be a whole number from ${min}${max < Number.MAX_SAFE_INTEGER ? ` to ${max}` : ' up'}`
export const numeric =
  (min: number, max: number): Check =>
  value =>
    count(min, max)(typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : value)
export const port = numeric(1, 65_535)
export const object: Check = value =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? undefined
    : 'must be an object'
/** Not by class: another copy of ioredis has another one. Clients of node-redis have no `status`. */
export const instance: Check = value =>
  object(value) === undefined &&
  typeof (value as { sendCommand?: unknown }).sendCommand === 'function' &&
  typeof (value as { status?: unknown }).status === 'string' &&
  object((value as { options?: unknown }).options) === undefined
    ? undefined
    : 'must be an ioredis instance or Cluster'
const switchOr =
  (check: Check): Check =>
  value =>
    typeof value === 'boolean'
      ? undefined
      : check(value)?.replace('must be', 'must be true, false or')
export const oneOf =
  (...values: (string | boolean)[]): Check =>
  value =>
    values.includes(value as string | boolean) ? undefined : `must be one of ${values.join(', ')}`
export const addresses: Check = value =>
  Array.isArray(value) && value.length > 0 && value.every(node => object(node) === undefined)
    ? undefined
    : 'must be a list of { host, port } that is not empty'

/** In a Cluster, what stands between the first braces of a key decides its slot, also where they are the prefix's. */
export const slotPrefix = (prefix: string): string | undefined => {
  const open = prefix.indexOf('{')
  const close = prefix.indexOf('}', open)
  if (open < 0 || close > open + 1) return undefined
  const mistake =
    close < 0 ? 'has a brace that it does not close' : 'has {}, a hash tag without a word'
  return `${mistake}, so that the {tags} of keys would not decide their slots: leave it out, or write a whole tag as in '{app}:', which puts every key in one slot`
}

export const OPTIONS: Readonly<Record<keyof ConnectionConfig, Check>> = {
  url: filled,
  host: filled,
  port,
  path: filled,
  username: secret,
  password: value => (typeof value === 'function' ? undefined : secret(value)),
  db: numeric(0, Number.MAX_SAFE_INTEGER),
  tls: switchOr(object),
  keyPrefix: text,
  connectTimeout: count(1, LONGEST_MS),
  commandTimeout: count(0, LONGEST_MS),
  maxRetries: count(0),
  maxQueued: count(0),
  fastPath: oneOf(true, false),
  retryDelay: count(0, LONGEST_MS),
  cluster: switchOr(object),
  nodes: addresses,
  sentinels: addresses,
  name: filled,
  readFrom: oneOf('master', 'replica', 'all'),
  connectionName: filled,
  client: instance,
  options: object,
  driver: oneOf('redis'),
}

export const ALONE: readonly [keyof ConnectionConfig, readonly (keyof ConnectionConfig)[]][] = [
  ['url', ['host', 'port', 'path', 'sentinels', 'nodes']],
  ['path', ['host', 'port', 'sentinels', 'nodes']],
  ['sentinels', ['host', 'port', 'nodes']],
  ['nodes', ['host', 'port']],
  [
    'client',
    ['url', 'host', 'port', 'path', 'username', 'password', 'db', 'tls', 'sentinels', 'nodes'],
  ],
]

/** @throws RedisConfigError if there is a problem */
export function refuse(path: string, problem: string | undefined): void {
  if (problem !== undefined) throw new RedisConfigError(path, problem)
}

/** Names the option that was probably meant. */
export function didYouMean(name: string, known: readonly string[]): string {
  const plain = (it: string) => it.toLowerCase().replace(/[^a-z]/g, '')
  const close = known.find(it => {
    const [a, b] = [plain(name), plain(it)]
    return (
      a === b ||
      (a.length > 2 &&
        (b.startsWith(a) ||
          a.startsWith(b) ||
          [...a].sort().join('') === [...b].sort().join('') ||
          isOneOff(a, b)))
    )
  })
  return `is no option${close ? `; did you mean ${close}?` : `; known are ${known.join(', ')}`}`
}

/** One letter too many, too few or wrong. */
function isOneOff(a: string, b: string): boolean {
  const [short, long] = [Math.min(a.length, b.length), Math.max(a.length, b.length)]
  let start = 0
  while (start < short && a[start] === b[start]) start++
  let end = 0
  while (end < short - start && a.at(-1 - end) === b.at(-1 - end)) end++
  return long - start - end <= 1
}
