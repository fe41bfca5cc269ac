import { Redis, RedisClient, RedisConfigError, type RedisManager } from '@gravito/plasma'
import type { Client } from '../client/many-keys.js'
import { type NearOptions, type ResolvedNear, resolveNear } from '../near/options.js'
import { jsonPlus, type Serializer } from '../values/serializer.js'
import { checkDefaultTtl } from './ttl.js'

/** What a store runs on and how it behaves. */
export interface RedisStoreOptions {
  /** A plasma client or manager, or any ioredis instance or Cluster. Default: the `Redis` facade. */
  client?: RedisClient | RedisManager | Parameters<typeof RedisClient.from>[0]
  /** The name of a connection of the `Redis` facade, instead of `client`. */
  connection?: string
  /** In front of every key of this store, default `cache:`. Two stores of one Redis need different ones. */
  prefix?: string
  /** Seconds for entries whose TTL is `undefined`, default `null`: for ever. */
  defaultTtl?: number | null
  /** Default: JSON, exact for many more types. */
  serializer?: Serializer
  /**
   * Compress a value whose text has at least so many bytes (deflate, level 1); `true`: 2048. Default `false`. What was
   * compressed is read without this option, too.
   */
  compress?: boolean | { thresholdBytes?: number }
  /** A value that takes more bytes, compressed, is not stored, which `onError` is told. Default: no limit. */
  maxValueBytes?: number
  /** When a process that computes for `remember` dies, another takes over after so many seconds. Default 3. */
  leaseSeconds?: number
  /** Milliseconds after which Redis is taken for away. Default 250. */
  deadlineMs?: number
  /**
   * A cache in this process's memory that Redis keeps true: `true` or its bounds; `'tags'` for the tokens of tags alone.
   * One more connection for each server. Default `false`.
   */
  near?: boolean | 'tags' | NearOptions
  /** Told of what failed and did not fail a caller: reads and writes while Redis is away, refreshes in the background. */
  onError?: (error: unknown, key: string) => void
}

export interface ResolvedStoreOptions {
  /** Asked for each command, because the facade may be configured after the store was made. */
  client: () => Client
  prefix: string
  defaultTtl: number | null
  serializer: Serializer
  limits: { compressBytes: number; maxBytes: number }
  leaseMs: number
  deadlineMs: number
  near: ResolvedNear | undefined
  onError: (error: unknown, key: string) => void
}

const KNOWN = [
  'client',
  'connection',
  'prefix',
  'defaultTtl',
  'serializer',
  'compress',
  'maxValueBytes',
  'leaseSeconds',
  'deadlineMs',
  'near',
  'onError',
]

const SHORTEST_LEASE_SECONDS = 0.1
const COMPRESS_BYTES = 2_048

/** @throws RedisConfigError naming the option */
export function resolveOptions(options: RedisStoreOptions): ResolvedStoreOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new RedisConfigError('options', 'must be an object: { client, prefix, … }')
  }
  for (const name of Object.keys(options)) {
    if (!KNOWN.includes(name)) throw new RedisConfigError(name, unknownOption(name))
  }
  const { prefix = 'cache:', defaultTtl = null, serializer = jsonPlus, leaseSeconds = 3 } = options
  const { deadlineMs = 250, onError = () => undefined } = options
  if (typeof prefix !== 'string' || prefix === '' || /[{}]|\p{Surrogate}/u.test(prefix)) {
    throw new RedisConfigError('prefix', 'must be a text without braces that is not empty')
  }
  checkDefaultTtl(defaultTtl)
  if (typeof serializer?.serialize !== 'function' || typeof serializer.deserialize !== 'function') {
    throw new RedisConfigError('serializer', 'must have the methods serialize and deserialize')
  }
  if (!Number.isFinite(leaseSeconds) || leaseSeconds < SHORTEST_LEASE_SECONDS) {
    throw new RedisConfigError('leaseSeconds', `must be at least ${SHORTEST_LEASE_SECONDS}`)
  }
  if (!Number.isSafeInteger(deadlineMs) || deadlineMs < 1) {
    throw new RedisConfigError('deadlineMs', 'must be a whole number of milliseconds from 1 up')
  }
  if (typeof onError !== 'function') throw new RedisConfigError('onError', 'must be a function')
  const leaseMs = Math.round(leaseSeconds * 1_000)
  const limits = resolveLimits(options)
  const near = resolveNear(options.near)
  const behaviour = { serializer, limits, leaseMs, deadlineMs, near, onError }
  return { client: source(options), prefix, defaultTtl, ...behaviour }
}

function resolveLimits({
  compress = false,
  maxValueBytes = Number.POSITIVE_INFINITY,
}: RedisStoreOptions): ResolvedStoreOptions['limits'] {
  if (typeof compress !== 'boolean' && (typeof compress !== 'object' || compress === null))
    throw new RedisConfigError('compress', 'must be true, false or { thresholdBytes }')
  const { thresholdBytes = COMPRESS_BYTES } = typeof compress === 'object' ? compress : {}
  if (!Number.isSafeInteger(thresholdBytes) || thresholdBytes < 0)
    throw new RedisConfigError('compress.thresholdBytes', 'must be a whole number from 0 up')
  if (
    maxValueBytes !== Number.POSITIVE_INFINITY &&
    !(Number.isSafeInteger(maxValueBytes) && maxValueBytes > 0)
  )
    throw new RedisConfigError('maxValueBytes', 'must be a whole number from 1 up')
  const compressBytes = compress === false ? Number.POSITIVE_INFINITY : thresholdBytes
  return { compressBytes, maxBytes: maxValueBytes }
}

function source({ client, connection }: RedisStoreOptions): () => Client {
  if (client !== undefined && connection !== undefined) {
    throw new RedisConfigError('connection', 'cannot be combined with client')
  }
  if (client === undefined) {
    if (connection !== undefined && (typeof connection !== 'string' || connection === '')) {
      throw new RedisConfigError('connection', 'must be the name of a connection')
    }
    return () => Redis.connection(connection)
  }
  const own = clientOf(client)
  return () => own
}

function clientOf(client: NonNullable<RedisStoreOptions['client']>): Client {
  if (typeof client === 'object' && client !== null) {
    if ('run' in client && 'scanIterator' in client) return client
    if ('sendCommand' in client && 'options' in client) return RedisClient.from(client)
  }
  const hint = typeof client === 'string' ? `; a connection's name goes to connection` : ''
  throw new RedisConfigError(
    'client',
    `must be a plasma client or manager, or an ioredis instance or Cluster${hint}`,
  )
}

function unknownOption(name: string): string {
  const start = (text: string) => text.toLowerCase().slice(0, 3)
  const close = KNOWN.find(known => start(known) === start(name))
  return `is no option of a cache store; ${close ? `did you mean ${close}?` : `known are ${KNOWN.join(', ')}`}`
}
