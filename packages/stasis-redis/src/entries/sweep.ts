import { CacheAwayError, type Guard } from '../availability/breaker.js'
import { mastersOf, type Server } from '../client/cluster.js'
import { allOf, type Client, unlinkAll } from '../client/many-keys.js'
import { escapeGlob } from './keys.js'

/** So many buckets in a step keep the server busy for about half a millisecond. */
const SCANNED = 500

interface Step {
  readonly cursor: string
  readonly keys: readonly string[]
}

type Scan = (cursor: string) => Promise<Step>

/**
 * Remove every key that matches the glob, on all masters at once, in commands that block nobody; resolves with how many
 * existed. Rejects with the first failure, when nothing is under way any more.
 *
 * @param isMeant which of them; left out: all
 */
export async function sweep(
  client: Client,
  glob: string,
  guard: Guard,
  isMeant: (key: string) => boolean = () => true,
): Promise<number> {
  const remove = async (keys: readonly string[]) => {
    const meant = keys.filter(isMeant)
    return meant.length === 0 ? 0 : guard(() => unlinkAll(client, meant))
  }
  const scans = await scansOf(client, glob, guard)
  const removed = await allOf(scans.map(scan => sweepServer(scan, remove)))
  return removed.reduce((sum, one) => sum + one, 0)
}

/** The keys that match the glob, on all masters; one may come twice. */
export async function keysOf(client: Client, glob: string, guard: Guard): Promise<string[]> {
  const found: string[] = []
  const scans = await scansOf(client, glob, guard)
  await allOf(
    scans.map(async scan => {
      let cursor = '0'
      do {
        const step = await scan(cursor)
        cursor = step.cursor
        for (const key of step.keys) found.push(key)
      } while (cursor !== '0')
    }),
  )
  return found
}

/** The server removes what one step found while the next one's question is made: neither waits for the other. */
async function sweepServer(
  scan: Scan,
  remove: (keys: readonly string[]) => Promise<number>,
): Promise<number> {
  let removed = 0
  let removing = Promise.resolve(0)
  let scanning: Promise<Step> | undefined = scan('0')
  try {
    while (scanning) {
      const { cursor, keys }: Step = await scanning
      scanning = cursor === '0' ? undefined : awaitedLater(scan(cursor))
      removed += await removing
      removing = awaitedLater(remove(keys))
    }
    return removed + (await removing)
  } finally {
    await Promise.allSettled([scanning, removing])
  }
}

/** Its failure is nobody's surprise, although nobody waits for it yet. */
function awaitedLater<Result>(work: Promise<Result>): Promise<Result> {
  work.catch(() => undefined)
  return work
}

/** A scan of each master. */
function scansOf(client: Client, glob: string, guard: Guard): Promise<Scan[]> {
  return guard(async () => {
    const { ioredis, keyPrefix } = client
    if (!('nodes' in ioredis)) {
      const options = { match: glob, count: SCANNED }
      return [cursor => guard(() => client.scan(cursor, options))]
    }
    const match = escapeGlob(keyPrefix) + glob
    const step = async (node: Server, cursor: string): Promise<Step> => {
      const reply = await node.call('SCAN', cursor, 'MATCH', match, 'COUNT', SCANNED).catch(typed)
      const [next, keys] = reply as [string, string[]]
      return { cursor: next, keys: keys.map(key => key.slice(keyPrefix.length)) }
    }
    const masters = await mastersOf(ioredis)
    return masters.map(node => cursor => guard(() => step(node, cursor)))
  })
}

/** What a node's own connection says when it ends. */
function typed(error: Error): never {
  throw error.name === 'ReplyError' ? error : new CacheAwayError(error.message)
}
