import { Access } from '../availability/access.js'
import { Breaker, isUnreachable } from '../availability/breaker.js'
import { Invalidations } from '../availability/invalidations.js'
import { Entries } from '../entries/entries.js'
import { KeySpace } from '../entries/keys.js'
import { Names } from '../entries/names.js'
import { Reads } from '../entries/reads.js'
import { readTags, type TaggedName } from '../entries/tagged-keys.js'
import { StoreLocks } from '../locks/lock.js'
import { NearCache } from '../near/cache.js'
import { Listeners } from '../observability/events.js'
import { Counts } from '../observability/stats.js'
import { Leases } from '../remember/leases.js'
import { Remembering } from '../remember/remembering.js'
import { RedisTokens, type TokenSource } from '../tags/tokens.js'
import { Values } from '../values/values.js'
import type { ResolvedStoreOptions } from './options.js'

/** What a store is made of. */
export interface Parts {
  /** What a key means. */
  readonly nameOf: (key: string) => TaggedName
  readonly listeners: Listeners
  readonly counts: Counts
  readonly values: Values
  readonly near: NearCache | undefined
  readonly tokens: TokenSource
  readonly entries: Entries
  readonly access: Access
  readonly reads: Reads
  readonly remembering: Remembering
  readonly locks: StoreLocks
  close(): void
}

export function assemble(options: ResolvedStoreOptions): Parts {
  const { client, prefix, leaseMs, deadlineMs, near: wanted, onError } = options
  const keys = new KeySpace(prefix)
  const listeners = new Listeners(prefix)
  const counts = new Counts(onError, listeners)
  const values = new Values(options.serializer, {
    ...options.limits,
    onSkip: (error, key) => counts.failed(error, key),
  })
  const near =
    wanted &&
    new NearCache(client, [keys.tokens, ...(wanted.values ? keys.values : [])], wanted, error =>
      counts.failed(error, ''),
    )
  const tokens = new RedisTokens(client, keys, near)
  const entries = new Entries(client, keys, tokens, wanted?.values ? near : undefined)
  const breaker: Breaker = new Breaker({
    client,
    deadlineMs,
    place: name => keys.entry(name),
    // Where it still cannot be removed, no read gets it, and it is tried again.
    recover: guard =>
      invalidations.replay(guard).catch(error => {
        if (isUnreachable(error)) throw error
      }),
  })
  const invalidations: Invalidations = new Invalidations(
    {
      remove: name => entries.remove(name),
      revoke: tags => tokens.revoke(tags),
      flush: guard => entries.flush(guard),
    },
    operation => breaker.run(operation),
  )
  const access = new Access(breaker, invalidations, counts, name =>
    name ? entries.changed(name) : near?.dropAll(),
  )
  const reads = new Reads(entries, access, values, counts, wanted?.frozen ?? false)
  const remembering = new Remembering(entries, new Leases(client, keys, leaseMs), access, counts)
  const locks = new StoreLocks(client, keys.locks, access.guard)
  const close = () => {
    near?.close()
    breaker.close()
    invalidations.close()
  }
  const names = new Names(keys)
  const nameOf = wanted?.values ? (key: string) => names.of(key) : readTags
  const parts = { nameOf, listeners, counts, values, near, tokens, entries }
  return { ...parts, access, reads, remembering, locks, close }
}
