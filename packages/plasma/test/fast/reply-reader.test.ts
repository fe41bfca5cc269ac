import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ReplyReader } from '../../src/connection/fast/reply-reader.js'

/** A reply on the wire, and what a command gets: texts, or bytes where it asked for them. */
interface Reply {
  wire: Buffer
  text: unknown
  bytes: unknown
}

const line = (start: string) => Buffer.from(`${start}\r\n`)
const counted = (type: string, body: Buffer) =>
  Buffer.concat([line(`${type}${body.length}`), body, line('')])
const textual = (body: Buffer, wire: Buffer): Reply => ({
  wire,
  text: body.toString(),
  bytes: body,
})
const same = (value: unknown, wire: Buffer): Reply => ({ wire, text: value, bytes: value })

const bytes = fc.uint8Array({ maxLength: 60 }).map(it => Buffer.from(it))
const word = fc.stringMatching(/^[ -~]{0,30}$/)
const leaf: fc.Arbitrary<Reply> = fc.oneof(
  bytes.map(body => textual(body, counted('$', body))),
  word.map(it => textual(Buffer.from(it), line(`+${it}`))),
  fc.maxSafeInteger().map(it => same(it === 0 ? 0 : it, line(`:${it}`))),
  fc.constant(same(null, line('$-1'))),
  fc.constant(same(null, line('*-1'))),
  fc.constant(same(null, line('_'))),
  fc.boolean().map(it => same(Number(it), line(it ? '#t' : '#f'))),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map(it => textual(Buffer.from(String(it)), line(`,${it}`))),
  fc.bigInt().map(it => same(String(it), line(`(${it}`))),
  bytes.map(body => textual(body, counted('=', Buffer.concat([Buffer.from('txt:'), body])))),
)
const join = (type: string, length: number, items: Reply[]): Reply => ({
  wire: Buffer.concat([line(`${type}${length}`), ...items.map(it => it.wire)]),
  text: items.map(it => it.text),
  bytes: items.map(it => it.bytes),
})
/** Many short texts, which are read a stretch at a time, with or without other values among them. */
const short = fc
  .stringMatching(/^[ -~]{0,14}$/)
  .map(it => textual(Buffer.from(it), counted('$', Buffer.from(it))))
const many = fc
  .tuple(
    fc.array(short, { minLength: 1, maxLength: 20 }),
    fc.array(leaf, { maxLength: 2 }),
    fc.integer({ min: 8, max: 450 }),
  )
  .map(([texts, others, length]) => {
    const items = Array.from({ length }, (_, i) => texts[i % texts.length] as Reply)
    items.splice(length / 2, others.length, ...others)
    return join('*', items.length, items)
  })
const { reply } = fc.letrec<{ reply: Reply }>(tie => ({
  reply: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('reply'), { maxLength: 5 }).map(items => join('*', items.length, items)),
    fc.array(tie('reply'), { maxLength: 4 }).map(items => join('~', items.length, items)),
    fc
      .array(fc.tuple(tie('reply'), tie('reply')), { maxLength: 3 })
      .map(pairs => join('%', pairs.length, pairs.flat())),
  ),
}))

/** What ioredis has to read: errors, pushes, and the replies to its own commands. */
const foreign = fc.oneof(
  word.map(it => line(`-ERR ${it}`)),
  bytes.map(body => counted('!', body)),
  fc.array(leaf, { minLength: 1, maxLength: 4 }).map(items => join('>', items.length, items).wire),
)

type Frame = { kind: 'ours'; reply: Reply; bytes: boolean } | { kind: 'foreign'; wire: Buffer }
const frame: fc.Arbitrary<Frame> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('ours' as const), reply, bytes: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('ours' as const),
      reply: many,
      bytes: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: foreign.map(wire => ({ kind: 'foreign' as const, wire })) },
  { weight: 1, arbitrary: reply.map(({ wire }) => ({ kind: 'foreign' as const, wire })) },
)

/** Cut bytes at arbitrary places. */
function pieces(wire: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map(it => it % (wire.length + 1)))].sort((a, b) => a - b)
  return [...at, wire.length].map((end, i) => wire.subarray(i === 0 ? 0 : at[i - 1], end))
}

const wireOf = (it: Frame) => (it.kind === 'ours' ? it.reply.wire : it.wire)

describe('the reader of replies', () => {
  test('any replies, cut anywhere, between frames of ioredis: each gets its own, and ioredis every byte of its', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (frames, cuts) => {
          const received: unknown[] = []
          const passed: Buffer[] = []
          let next = 0
          const reader = new ReplyReader({
            take: () => {
              while (frames[next] && isBeforeReply(frames[next] as Frame)) next++
              const current = frames[next]
              if (current?.kind !== 'ours') {
                next++
                return undefined
              }
              return { bytes: current.bytes, receive: value => received.push(value) }
            },
            finish: () => next++,
            pass: chunk => passed.push(Buffer.from(chunk)),
          })
          for (const piece of pieces(Buffer.concat(frames.map(wireOf)), cuts)) reader.write(piece)
          expect(received).toEqual(
            frames.flatMap(it =>
              it.kind === 'ours' ? [it.bytes ? it.reply.bytes : it.reply.text] : [],
            ),
          )
          const foreignBytes = frames.flatMap(it => (it.kind === 'foreign' ? [it.wire] : []))
          expect(Buffer.concat(passed)).toEqual(Buffer.concat(foreignBytes))
        },
      ),
      { numRuns: 800 },
    )
  })

  test.each([2, 3] as const)(
    'RESP%i messages, cut anywhere, among other frames: all that are whole are heard in order, ioredis gets the rest',
    protocol => {
      const mark = protocol === 2 ? '*' : '>'
      const text = fc.string({ unit: 'binary', maxLength: 30 })
      const type = fc.constantFrom('message', 'smessage', 'pmessage', 'subscribe')
      const wireOfParts = (parts: readonly string[]) =>
        Buffer.concat([line(`${mark}3`), ...parts.map(it => counted('$', Buffer.from(it)))])
      fc.assert(
        fc.property(
          fc.array(fc.tuple(type, text, text), { maxLength: 8 }),
          fc.array(fc.nat(), { maxLength: 10 }),
          (given, cuts) => {
            // No two are the same, so that it shows which of them were heard.
            const sent = given.map(([type, channel, text], i) => [type, channel, `${i}${text}`])
            const heard: string[][] = []
            const passed: Buffer[] = []
            const reader = new ReplyReader({
              take: () => undefined,
              finish: () => undefined,
              pass: chunk => passed.push(Buffer.from(chunk)),
              hears: () => protocol,
              hear: ({ type, channel, message }) => heard.push([type, channel, message]),
            })
            const wires = sent.map(wireOfParts)
            for (const piece of pieces(Buffer.concat(wires), cuts)) reader.write(piece)
            if (cuts.length === 0) {
              expect(heard).toEqual(sent.filter(([it]) => it === 'message' || it === 'smessage'))
            }
            const own = [...heard]
            const rest = sent.filter(parts => {
              const isNext = own[0]?.every((part, i) => part === parts[i]) ?? false
              if (isNext) own.shift()
              return !isNext
            })
            expect(own).toEqual([])
            expect(Buffer.concat(passed)).toEqual(Buffer.concat(rest.map(wireOfParts)))
          },
        ),
        { numRuns: 300 },
      )
    },
  )

  test('a reply that looks like a message is a reply in RESP3', () => {
    const received: unknown[] = []
    const reader = new ReplyReader({
      take: () => ({ bytes: false, receive: value => received.push(value) }),
      finish: () => undefined,
      pass: () => undefined,
      hears: () => 3,
      hear: () => expect.unreachable(),
    })
    reader.write(Buffer.from('*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n'))
    expect(received).toEqual([['message', 'a', 'b']])
  })

  test('errors inside an array are errors', () => {
    const received: unknown[] = []
    const reader = readerOf(received)
    reader.write(Buffer.from('*3\r\n+OK\r\n-WRONGTYPE no\r\n!7\r\nERR too\r\n'))
    const [[ok, first, second]] = received as [[string, Error, Error]]
    expect(ok).toBe('OK')
    expect(first).toMatchObject({ name: 'ReplyError', message: 'WRONGTYPE no' })
    expect(second).toMatchObject({ name: 'ReplyError', message: 'ERR too' })
  })

  test('an attribute inside a reply is left out', () => {
    const received: unknown[] = []
    readerOf(received).write(Buffer.from('*2\r\n|1\r\n+ttl\r\n:3\r\n+a\r\n+b\r\n'))
    expect(received).toEqual([['a', 'b']])
  })

  test('5 MB in small pieces are read once', () => {
    const received: unknown[] = []
    const reader = readerOf(received)
    const items = 100_000
    const wire = Buffer.from(`*${items}\r\n${`$50\r\n${'x'.repeat(50)}\r\n`.repeat(items)}`)
    const started = performance.now()
    for (let at = 0; at < wire.length; at += 4_096) reader.write(wire.subarray(at, at + 4_096))
    expect((received[0] as unknown[]).length).toBe(items)
    // Reading from the start again with every piece would take minutes.
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  test('bytes that are no reply are an error', () => {
    expect(() => readerOf([]).write(Buffer.from('HTTP/1.1 400 Bad Request\r\n'))).toThrow(
      /Protocol error/,
    )
  })
})

/** Frames that the reader passes on without asking whose they are. */
const isBeforeReply = (it: Frame): boolean =>
  it.kind === 'foreign' && ['-', '!', '>', '|'].includes(String.fromCharCode(it.wire[0] as number))

const readerOf = (received: unknown[]) =>
  new ReplyReader({
    take: () => ({ bytes: false, receive: value => received.push(value) }),
    finish: () => undefined,
    pass: () => undefined,
  })
