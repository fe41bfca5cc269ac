import { channel } from 'node:diagnostics_channel'
import { InvalidArgumentError } from '@gravito/plasma'

/** What a store tells, by event. */
export interface CacheEvents {
  /** A read found a value; `near`: without asking Redis. */
  hit: { key: string; near: boolean }
  miss: { key: string }
  /** A value was written; `ttlMs` is `null` for ever, and `undefined` where an expiry stayed as it was. */
  write: { key: string; ttlMs: number | null | undefined }
  /** An entry was removed. */
  forget: { key: string }
  /** Everything was removed, or what carries one of the tags. */
  flush: { tags: readonly string[] | null }
  /** A value was served after its TTL: in its stale time, or because its factory or Redis failed. */
  stale: { key: string }
  /** Something failed and did not fail a caller; `key` is empty where none is meant. */
  error: { key: string; error: unknown }
}

export type CacheEventName = keyof CacheEvents
export type CacheListener<Name extends CacheEventName> = (event: CacheEvents[Name]) => void

/** What subscribers of the diagnostics channel get; without keys and tags, which may be personal. */
export interface CacheMessage {
  event: CacheEventName
  /** By the names of OpenTelemetry where it has one. */
  attributes: Record<string, string | number | boolean>
}

/** The diagnostics channel of all stores of the process. */
export const CACHE_CHANNEL = 'gravito:cache:event'

const cacheChannel = channel(CACHE_CHANNEL)
const OPERATIONS: Readonly<Record<CacheEventName, string>> = {
  hit: 'get',
  miss: 'get',
  stale: 'get',
  write: 'set',
  forget: 'forget',
  flush: 'flush',
  error: 'error',
}

/** Listeners of one store; costs nothing worth the name when there are none. */
export class Listeners {
  readonly #prefix: string
  readonly #listeners = new Map<CacheEventName, Set<(event: never) => void>>()

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** @throws InvalidArgumentError for an event that never comes, and unless the listener can be called */
  on<Name extends CacheEventName>(event: Name, listener: CacheListener<Name>): void {
    if (!Object.hasOwn(OPERATIONS, event)) {
      const problem = `is none of ${Object.keys(OPERATIONS).join(', ')}`
      throw new InvalidArgumentError('event', problem, 'on')
    }
    if (typeof listener !== 'function')
      throw new InvalidArgumentError('listener', 'must be a function', 'on')
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners.add(listener))
  }

  off<Name extends CacheEventName>(event: Name, listener: CacheListener<Name>): void {
    const listeners = this.#listeners.get(event)
    listeners?.delete(listener)
    if (listeners?.size === 0) this.#listeners.delete(event)
  }

  /** Does anybody listen to anything? Asked before an event is made. */
  get listened(): boolean {
    return this.#listeners.size > 0 || cacheChannel.hasSubscribers
  }

  emit<Name extends CacheEventName>(event: Name, detail: CacheEvents[Name]): void {
    for (const listener of this.#listeners.get(event) ?? [])
      safely(() => (listener as CacheListener<Name>)(detail))
    if (!cacheChannel.hasSubscribers) return
    const message: CacheMessage = { event, attributes: this.#attributes(event, detail) }
    cacheChannel.publish(message)
  }

  #attributes(event: CacheEventName, detail: object): CacheMessage['attributes'] {
    const attributes: CacheMessage['attributes'] = {
      'db.system.name': 'redis',
      'db.operation.name': OPERATIONS[event],
      'cache.prefix': this.#prefix,
    }
    if (event === 'hit' || event === 'miss') attributes['cache.hit'] = event === 'hit'
    if ('near' in detail) attributes['cache.near'] = detail.near as boolean
    if ('ttlMs' in detail && typeof detail.ttlMs === 'number')
      attributes['cache.ttl'] = detail.ttlMs / 1_000
    if ('error' in detail) attributes['error.type'] = typeOf(detail.error)
    return attributes
  }
}

/** Who listens must not fail whom he listens to. */
export function safely(call: () => unknown): void {
  try {
    call()
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error))
  }
}

function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
