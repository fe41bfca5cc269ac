import { isRedisError } from '@gravito/plasma'
import { type Guard, isAway } from '../availability/breaker.js'
import { type Client, unlinkAll } from '../client/many-keys.js'
import { escapeGlob, type KeySpace } from './keys.js'
import { SWEEP } from './scripts.js'

/** So many buckets in a step keep the server busy for about half a millisecond. */
const SCANNED = 500
/** So many keys are removed by one command. */
const REMOVED = 100
/** Commands that remove and were not answered yet. */
const UNDER_WAY = 8

/** So many buckets in a step that also removes. */
const SWEPT = 250

interface Step {
  readonly cursor: string
  readonly keys: readonly string[]
}

type Scan = (cursor: string) => Promise<Step>

/**
 * Remove every lease, entry and token of a store from one server, in scripts that block nobody; where the server
 * refuses those, as `sweep` does.
 */
export async function sweepServer(client: Client, keys: KeySpace, guard: Guard): Promise<void> {
  const { keyPrefix } = client
  const glob = escapeGlob(keyPrefix) + keys.all
  const prefixBytes = Buffer.byteLength(keyPrefix + keys.prefix)
  try {
    let cursor = '0'
    do {
      const at = cursor
      cursor = await guard(() => client.run(SWEEP, [], [at, glob, SWEPT, prefixBytes]))
    } while (cursor !== '0')
  } catch (error) {
    if (isAway(error) || !isRedisError(error)) throw error
    await sweep(client, keys.all, guard, key => keys.isOwn(key))
  }
}

/**
 * Remove every key that matches the glob, on all masters at once, in commands that block nobody.
 *
 * @param isMeant which of them; left out: all
 */
export function sweep(
  client: Client,
  glob: string,
  guard: Guard,
  isMeant: (key: string) => boolean = () => true,
): Promise<void> {
  return onAllServers(client, glob, guard, async steps => {
    const underWay = new Set<Promise<unknown>>()
    let failure: { error: unknown } | undefined
    const remove = (keys: readonly string[]) => {
      const removing: Promise<unknown> = guard(() => unlinkAll(client, keys))
        .catch(error => {
          failure ??= { error }
        })
        .finally(() => underWay.delete(removing))
      underWay.add(removing)
    }
    for await (const matching of steps) {
      if (failure) break
      const keys = matching.filter(isMeant)
      for (let i = 0; i < keys.length; i += REMOVED) {
        if (underWay.size >= UNDER_WAY) await Promise.race(underWay)
        remove(keys.slice(i, i + REMOVED))
      }
    }
    await Promise.all(underWay)
    if (failure) throw failure.error
  })
}

/** The keys that match the glob, on all masters; one may come twice. */
export async function keysOf(client: Client, glob: string, guard: Guard): Promise<string[]> {
  const found: string[] = []
  await onAllServers(client, glob, guard, async steps => {
    for await (const keys of steps) found.push(...keys)
  })
  return found
}

async function onAllServers(
  client: Client,
  glob: string,
  guard: Guard,
  visit: (steps: AsyncIterable<readonly string[]>) => Promise<void>,
): Promise<void> {
  const scans = await guard(async () => scansOf(client, glob))
  await Promise.all(scans.map(scan => visit(stepsOf(scan, guard))))
}

async function* stepsOf(scan: Scan, guard: Guard): AsyncGenerator<readonly string[]> {
  for (let cursor = ''; cursor !== '0'; ) {
    const step = await guard(() => scan(cursor || '0'))
    cursor = step.cursor
    yield step.keys
  }
}

function scansOf(client: Client, glob: string): Scan[] {
  const { ioredis, keyPrefix } = client
  if (!('nodes' in ioredis)) return [cursor => client.scan(cursor, { match: glob, count: SCANNED })]
  const match = escapeGlob(keyPrefix) + glob
  return ioredis.nodes('master').map(node => async cursor => {
    const reply = await node.call('SCAN', cursor, 'MATCH', match, 'COUNT', SCANNED)
    const [next, keys] = reply as [string, string[]]
    return { cursor: next, keys: keys.map(key => key.slice(keyPrefix.length)) }
  })
}
