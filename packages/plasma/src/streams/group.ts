import type { RedisClient } from '../client.js'
import { record } from '../commands/replies.js'
import type { EntryId } from '../commands/stream-replies.js'
import type { Dispatcher } from '../dispatcher.js'
import { isRedisError } from '../errors.js'
import { defineScript } from '../scripting/script.js'
import { type Sending, View } from '../view.js'
import type { ConsumeSettings } from './options.js'

const RELEASE_TIMEOUT_MS = 400

/** An entry in the hands of this consumer. */
export interface Delivery {
  readonly key: string
  readonly id: EntryId
  readonly fields: Record<string, string>
  readonly deliveries: number
}

/** A part of what is pending, and where the next part starts, if there is one. */
export interface PendingPart {
  readonly ids: EntryId[]
  readonly next: string | undefined
}

/**
 * Deliver an entry that this consumer has pending once more, or move it to the dead letters if that happened too
 * often. Nothing comes back when the entry was moved, was deleted, or belongs to another consumer by now.
 */
const redeliver = defineScript({
  lua: `
local stream, deadLetter = KEYS[1], KEYS[2]
local group, consumer, id, max = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local rows = redis.pcall('XPENDING', stream, group, id, id, 1)
if rows.err then return rows end
local row = rows[1]
if not row or row[2] ~= consumer then return false end
local entry = redis.call('XRANGE', stream, id, id)[1]
if entry and (max == 0 or row[4] < max) then
  redis.call('XCLAIM', stream, group, consumer, 0, id)
  return { entry[2], row[4] + 1 }
end
if entry then
  local fields = entry[2]
  for _, it in ipairs({
    'deadLetter.stream', ARGV[5], 'deadLetter.id', id,
    'deadLetter.group', group, 'deadLetter.deliveries', row[4],
  }) do fields[#fields + 1] = it end
  redis.call('XADD', deadLetter, '*', unpack(fields))
end
redis.call('XACK', stream, group, id)
return false`,
  reply: (raw: [string[], number] | null) =>
    raw && { fields: record(raw[0]), deliveries: Number(raw[1]) },
})

/** Say that the work on an entry goes on; answers 0 when it belongs to another consumer by now. */
const renew = defineScript({
  keys: ['stream'],
  args: ['group', 'consumer', 'id'],
  lua: `
local rows = redis.pcall('XPENDING', stream, group, id, id, 1)
if rows.err then return rows end
local row = rows[1]
if not row or row[2] ~= consumer then return 0 end
return #redis.call('XCLAIM', stream, group, consumer, 0, id, 'JUSTID')`,
  reply: (raw: number) => raw === 1,
})

/** Give back what never reached the loop: as if it had not been delivered, and free for whoever comes first. */
const release = defineScript({
  lua: `
local stream, group, consumer, idle = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
for i = 4, #ARGV do
  local row = redis.call('XPENDING', stream, group, ARGV[i], ARGV[i], 1)[1]
  if row and row[2] == consumer then
    redis.call(
      'XCLAIM', stream, group, consumer, 0, ARGV[i],
      'IDLE', idle, 'RETRYCOUNT', math.max(0, row[4] - 1), 'JUSTID'
    )
  end
end`,
})

/** A group on some streams, as one of its consumers sees it. */
export class StreamGroup {
  readonly #redis: View<Sending>
  /** To it a group that exists is no failure. */
  readonly #creating: View<Sending>
  readonly #client: RedisClient
  readonly #settings: ConsumeSettings
  /** What the group has delivered, as far as this consumer knows. */
  readonly #positions = new Map<string, EntryId>()

  /** @param signal gives up whatever is under way */
  constructor(
    client: RedisClient,
    dispatcher: Dispatcher,
    settings: ConsumeSettings,
    signal: AbortSignal,
  ) {
    this.#client = client
    this.#redis = client.with({ signal })
    this.#creating = new View<Sending>(dispatcher, { signal, expected: 'BUSYGROUP' })
    this.#settings = settings
  }

  /** Create the group where it is missing: at `from`, or where it was when it got lost. */
  async ensure(): Promise<void> {
    const { keys, group, from } = this.#settings
    for (const key of keys) {
      const position = this.#positions.get(key)
      const start = position === undefined ? from : await this.#lost(key, position)
      try {
        await this.#creating.xgroupCreate(key, group, start, { mkStream: true })
      } catch (error) {
        if (!isRedisError(error, 'BUSYGROUP')) throw error
      }
      const found = (await this.#redis.xinfoGroups(key)).find(({ name }) => name === group)
      this.#positions.set(key, found?.lastDeliveredId ?? '0-0')
    }
  }

  /** New entries; waits for them at most `blockMs`. */
  async read(blockMs: number, signal: AbortSignal): Promise<Delivery[]> {
    const { keys, group, consumer, count } = this.#settings
    const positions = new Map(keys.map(key => [key, '>' as const]))
    const options = { count, block: blockMs }
    const read = await this.#client.with({ signal }).xreadgroup(group, consumer, positions, options)
    return (read ?? []).flatMap(({ key, entries }) => {
      const last = entries.at(-1)
      if (last) this.#positions.set(key, last.id)
      return entries.map(entry => ({ key, ...entry, deliveries: 1 }))
    })
  }

  /** What this consumer has pending behind `start`. */
  async pending(key: string, start: string): Promise<PendingPart> {
    const { group, consumer, count } = this.#settings
    const rows = await this.#redis.xpending(key, group, { start, count, consumer })
    const ids = rows.map(({ id }) => id)
    return { ids, next: ids.length === count ? `(${ids.at(-1)}` : undefined }
  }

  /** Take over what nobody worked on for `claimIdleMs`; it counts as delivered only by `redeliver`. */
  async claim(key: string, start: string): Promise<PendingPart> {
    const { group, consumer, count, claimIdleMs } = this.#settings
    const options = { count, justId: true } as const
    const claimed = await this.#redis.xautoclaim(key, group, consumer, claimIdleMs, start, options)
    return { ids: claimed.ids, next: claimed.cursor === '0-0' ? undefined : claimed.cursor }
  }

  /** See the script: the entry, unless it is gone, another's, or a dead letter. */
  async redeliver(key: string, id: EntryId): Promise<Delivery | undefined> {
    const { group, consumer, maxDeliveries, deadLetter } = this.#settings
    const keys = deadLetter === undefined ? [key] : [key, deadLetter]
    const entry = await this.#redis.run(redeliver, keys, [group, consumer, id, maxDeliveries, key])
    return entry ? { key, id, ...entry } : undefined
  }

  /** Is it still this consumer's? Then its idle time starts again. */
  async renew({ key, id }: Delivery): Promise<boolean> {
    const { group, consumer } = this.#settings
    return this.#redis.run(renew, [key], [group, consumer, id])
  }

  /** Give back what never reached the loop, if the server answers soon. */
  async release(unseen: readonly Delivery[]): Promise<void> {
    const { keys, group, consumer, claimIdleMs } = this.#settings
    if (this.#client.status !== 'ready') return
    const redis = this.#client.with({ commandTimeout: RELEASE_TIMEOUT_MS })
    const idle = Number.isFinite(claimIdleMs) ? claimIdleMs : 0
    const released = keys.map(key => {
      const ids = unseen.filter(it => it.key === key).map(({ id }) => id)
      return ids.length > 0 && redis.run(release, [key], [group, consumer, idle, ...ids])
    })
    await Promise.allSettled(released)
  }

  /** Take the entry off what is pending; answers whether it was. */
  async ack(key: string, id: EntryId): Promise<boolean> {
    return (await this.#client.xack(key, this.#settings.group, id)) === 1
  }

  /** Where a lost group goes on: where it was, or at the start of a stream that began anew. */
  async #lost(key: string, position: EntryId): Promise<string> {
    try {
      const { lastGeneratedId } = await this.#redis.xinfoStream(key)
      return isBefore(lastGeneratedId, position) ? '0' : position
    } catch (error) {
      if (isRedisError(error, 'ERR') && error.message.includes('no such key')) return '0'
      throw error
    }
  }
}

function isBefore(one: EntryId, other: EntryId): boolean {
  const [a, b] = [one, other].map(id => id.split('-').map(BigInt) as [bigint, bigint])
  if (!a || !b) return false
  return a[0] === b[0] ? a[1] < b[1] : a[0] < b[0]
}
