import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { coalesce } from '../../src/connection/fast/coalesce.js'

/** A coalesced stream, and the chunks that came out of it. */
function recorded(firstPart = 1) {
  const chunks: string[] = []
  const stream = new Duplex({
    decodeStrings: false,
    read() {},
    write(chunk, _encoding, done) {
      chunks.push(chunk.toString())
      done()
    },
  })
  coalesce(stream, () => firstPart)
  return { stream, chunks }
}

const nextTurn = () => new Promise(resolve => setImmediate(resolve))

it('what a tick sends leaves in parts that grow', async () => {
  const { stream, chunks } = recorded()
  for (let i = 0; i < 100; i++) stream.write('c')
  await nextTurn()
  expect(chunks.map(chunk => chunk.length)).toEqual([1, 4, 16, 64, 15])

  for (let i = 0; i < 3; i++) stream.write('d')
  await nextTurn()
  expect(chunks.slice(5)).toEqual(['d', 'dd'])
})

it('the first part has as many commands as is said', async () => {
  const { stream, chunks } = recorded(30)
  for (let i = 0; i < 100; i++) stream.write('c')
  await nextTurn()
  expect(chunks.map(chunk => chunk.length)).toEqual([30, 70])
})

it('what is written while the stream is corked leaves undivided', async () => {
  const { stream, chunks } = recorded()
  stream.cork()
  for (let i = 0; i < 100; i++) stream.write('c')
  stream.uncork()
  await nextTurn()
  expect(chunks).toEqual(['c'.repeat(100)])
})

it('a large part leaves without waiting for its last command', () => {
  const { stream, chunks } = recorded()
  for (let i = 0; i < 8; i++) stream.write('x'.repeat(40_000))
  expect(chunks.map(chunk => chunk.length)).toEqual([40_000, 80_000, 80_000, 80_000])
})

it('texts and bytes, corked or not, arrive once and in order, also at the end', async () => {
  const step = fc.oneof(
    fc.string().map(text => ({ text })),
    fc.string().map(text => ({ bytes: Buffer.from(text) })),
    fc.constantFrom('cork', 'uncork', 'turn'),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
      const { stream, chunks } = recorded()
      let sent = ''
      for (const it of steps) {
        if (it === 'turn') await nextTurn()
        else if (it === 'cork') stream.cork()
        else if (it === 'uncork') stream.uncork()
        else {
          const chunk = 'text' in it ? it.text : it.bytes
          sent += chunk.toString()
          stream.write(chunk)
        }
      }
      await new Promise<void>(resolve => stream.end(resolve))
      expect(chunks.join('')).toBe(sent)
    }),
  )
})
