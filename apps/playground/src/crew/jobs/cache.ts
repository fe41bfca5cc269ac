import type { Job } from '../member.js'
import { pause } from '../pause.js'
import { ENTRIES, entryKey, TAGS } from '../protocol.js'

const EVERY_MS = 40
const FACTORY_MS = 60
const KEEP_SECONDS = 25

/** Read entries at random, some of them more often, through the cache. */
export async function useCache({ cache, member, signal }: Job): Promise<void> {
  while (!signal.aborted) {
    const n = Math.floor(Math.random() * Math.random() * ENTRIES)
    const tag = TAGS[n % TAGS.length] as string
    const key = cache.tagKey(entryKey(n), [tag])
    await cache.remember(key, KEEP_SECONDS, async () => {
      await pause(FACTORY_MS, signal)
      return { n, madeBy: member }
    })
    await pause(EVERY_MS, signal)
  }
}
