import { type CacheAdapter, itemOf, type TaggedAdapter } from './adapter.js'

/** One row of the table of speeds. */
export interface Case {
  readonly name: string
  readonly callers: number
  /** Leave out adapters without tags? */
  readonly tagged?: boolean
  prepare(cache: CacheAdapter, key: string, index: number): Promise<unknown>
  /** One call; throws when the answer is wrong. */
  call(cache: CacheAdapter, key: string, index: number): Promise<void>
}

const CALLERS = 50
const MANY = 100
const TAGS = ['users', 'tenant:7']

const put = (cache: CacheAdapter, key: string, index: number) => cache.set(key, itemOf(index))
const manyKeys = (key: string) => Array.from({ length: MANY }, (_, i) => `${key}-${i}`)

export const CASES: readonly Case[] = [
  {
    name: `get 100 B, ${CALLERS} callers`,
    callers: CALLERS,
    prepare: put,
    call: async (cache, key, index) => expectItem(await cache.get(key), index),
  },
  {
    name: `set 100 B, ${CALLERS} callers`,
    callers: CALLERS,
    prepare: put,
    call: async (cache, key, index) => {
      await put(cache, key, index)
    },
  },
  {
    name: `${MANY} keys at once, 1 caller`,
    callers: 1,
    prepare: (cache, key) => Promise.all(manyKeys(key).map((it, i) => put(cache, it, i))),
    call: async (cache, key) => {
      const values = await cache.getMany(manyKeys(key))
      if (values.length !== MANY) throw new Error(`${values.length} values for ${MANY} keys`)
      for (const [i, value] of values.entries()) expectItem(value, i)
    },
  },
  {
    name: `remember, hot, ${CALLERS} callers`,
    callers: CALLERS,
    prepare: (cache, key, index) => cache.remember(key, async () => itemOf(index)),
    call: async (cache, key, index) => expectItem(await cache.remember(key, cold), index),
  },
  {
    name: `tagged get, 2 tags, ${CALLERS} callers`,
    callers: CALLERS,
    tagged: true,
    prepare: (cache, key, index) => tagsOf(cache).set(key, itemOf(index), TAGS),
    call: async (cache, key, index) => expectItem(await tagsOf(cache).get(key, TAGS), index),
  },
]

const cold = async () => {
  throw new Error('the key is cold')
}

export function tagsOf({ tagged }: CacheAdapter): TaggedAdapter {
  if (!tagged) throw new Error('it has no tags')
  return tagged
}

export function expectItem(value: unknown, id: number): void {
  if ((value as { id?: unknown } | null | undefined)?.id !== id)
    throw new Error(`the value was ${JSON.stringify(value)}`)
}
