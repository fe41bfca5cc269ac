import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KeySpace } from '../../src/entries/keys.js'
import { idOf, readTags, writeTags } from '../../src/entries/tagged-keys.js'

const word = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.stringMatching(/^[a:,|{}\n%#]{1,6}$/),
  fc.constant('🦊'),
)

/** Collects the garbage of this process, in Node and in Bun. */
function collector(): () => void {
  const { Bun } = globalThis as { Bun?: { gc(synchronous: boolean): void } }
  if (Bun) return () => Bun.gc(true)
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}

describe('keys with tags', () => {
  test('tags come back sorted, each once, whatever they contain', () => {
    fc.assert(
      fc.property(word, fc.array(word), (key, tags) => {
        const read = readTags(writeTags(key, tags))
        expect(read).toEqual({ name: key, tags: [...new Set(tags)].sort() })
      }),
    )
  })

  test('what a repository puts in front stays part of the name', () => {
    fc.assert(
      fc.property(word, word, fc.array(word, { minLength: 1 }), (prefix, key, tags) => {
        expect(readTags(prefix + writeTags(key, tags)).name).toBe(prefix + key)
      }),
    )
  })

  test('entries never share a place unless name and tags are the same', () => {
    const space = new KeySpace('c:')
    const tags = fc.uniqueArray(word, { maxLength: 3 }).map(it => it.sort())
    fc.assert(
      fc.property(word, tags, word, tags, (name, own, other, theirs) => {
        const same = name === other && own.join('\u0000') === theirs.join('\u0000')
        const places = [
          space.entry({ name, tags: own }),
          space.entry({ name: other, tags: theirs }),
        ]
        expect(places[0] === places[1]).toBe(same)
      }),
      { numRuns: 2_000 },
    )
  })

  test('ids are the same for the same name and tags only', () => {
    const id = ([name, ...tags]: string[]) => idOf({ name: name as string, tags })
    const part = fc.oneof(word, fc.constantFrom('\u0000', '\u0000["a",["b"]]', '["a",["b"]]'))
    const entry = fc.array(part, { minLength: 1, maxLength: 3 })
    const twin = entry.chain(it => fc.tuple(fc.constant(it), fc.oneof(entry, fc.constant(it))))
    fc.assert(
      fc.property(twin, ([one, other]) => {
        expect(id(one) === id(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
      { numRuns: 2_000 },
    )
    expect(idOf({ name: '\u0000["a",["b"]]', tags: [] })).not.toBe(idOf({ name: 'a', tags: ['b'] }))
  })

  test('no entry meets a token or a lock, and long names stay short and apart', () => {
    const space = new KeySpace('c:')
    const long = 'x'.repeat(10_000)
    expect(Buffer.byteLength(space.entry({ name: long, tags: [] }))).toBeLessThan(200)
    expect(space.entry({ name: `${long}a`, tags: [] })).not.toBe(
      space.entry({ name: `${long}b`, tags: [] }),
    )
    fc.assert(
      fc.property(word, word, (name, tag) => {
        expect(space.entry({ name, tags: [] })).not.toBe(space.token(tag))
        expect(space.entry({ name, tags: [] }).startsWith(`${space.locks}:`)).toBe(false)
      }),
    )
  })

  test('tags of tags are all of them', () => {
    const twice = writeTags(`app:${writeTags('k', ['b', 'c'])}`, ['a', 'b'])
    expect(readTags(twice)).toEqual({ name: 'app:k', tags: ['a', 'b', 'c'] })
    expect(twice).toBe(writeTags('app:k', ['c', 'b', 'a']))
  })

  test('a list that says the same tag a million times is not remembered', () => {
    const collect = collector()
    const heap = () => {
      collect()
      return process.memoryUsage().heapUsed
    }
    const before = heap()
    expect(readTags(writeTags('k', Array(1_000_000).fill('a'))).tags).toEqual(['a'])
    expect(heap() - before).toBeLessThan(50_000_000)
  })

  test('lists of tags are remembered when every entry has a tag of its own', () => {
    const tagsOf = (i: number) => readTags(writeTags('k', [`user:${i}`, 'users'])).tags
    const users = Array.from({ length: 5_000 }, (_, i) => i)
    const first = users.map(tagsOf)
    expect(users.filter(i => tagsOf(i) !== first[i])).toEqual([])
  })

  test('a key that only looks tagged is a name', () => {
    const mark = '\u0000tags\u0000'
    for (const list of ['', 'x', '[]', '[1]', '[""]', '{}', '["a"']) {
      const key = mark + list + mark
      expect(readTags(key)).toEqual({ name: key, tags: [] })
    }
    expect(readTags(mark)).toEqual({ name: mark, tags: [] })
  })

  test('no name is the short form of a longer one', () => {
    const space = new KeySpace('c:')
    const long = space.nameOf(space.entry({ name: 'x'.repeat(300), tags: [] }))
    expect(long).toMatch(/^x{64}#[0-9a-f]{64}$/)
    expect(space.nameOf(space.entry({ name: long, tags: [] }))).not.toBe(long)
  })

  test('empty names and tags are refused', () => {
    expect(() => readTags('')).toThrow(/key/)
    expect(() => writeTags('k', [''])).toThrow(/tag/)
    expect(() => writeTags('k', [7 as never])).toThrow(/tag/)
    expect(() => writeTags('k', 'a' as never)).toThrow(/tags/)
    expect(() => writeTags('', [])).toThrow(/key/)
  })
})
