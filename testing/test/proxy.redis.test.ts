import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import {
  type FaultProxy,
  type RedisServer,
  startProxy,
  startRedis,
  waitUntil,
} from '../src/index.js'

// Not the suite's server: spoken to in plain text, it may want no password.
let server: RedisServer
let proxy: FaultProxy
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())
beforeEach(async () => {
  proxy = await startProxy(server.port)
  onTestFinished(() => proxy.stop())
})

/** A connection with all that came over it. */
function dial() {
  const socket = connect(proxy.port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('error', () => undefined).on('data', chunk => chunks.push(chunk))
  onTestFinished(() => void socket.destroy())
  return { socket, chunks, text: () => Buffer.concat(chunks).toString() }
}

async function ended(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close')
}

test('passes both directions on', async () => {
  const { socket, text } = dial()
  socket.write('PING\r\nECHO hello\r\n')
  await waitUntil('the replies', () => text() === '+PONG\r\n$5\r\nhello\r\n')
})

test('delivers replies in pieces', async () => {
  const { socket, chunks, text } = dial()
  proxy.fragment(1)
  socket.write(`ECHO ${'x'.repeat(50)}\r\n`)
  await waitUntil('the reply', () => text() === `$50\r\n${'x'.repeat(50)}\r\n`)
  expect(chunks.length).toBeGreaterThan(1)
})

test('delivers replies late, each by the same time', async () => {
  const { socket, text } = dial()
  proxy.setDelay(200)
  const started = performance.now()
  for (let i = 0; i < 20; i++) socket.write('PING\r\n')
  await waitUntil('the replies', () => text() === '+PONG\r\n'.repeat(20))
  const tookMs = performance.now() - started
  expect(tookMs).toBeGreaterThanOrEqual(199)
  expect(tookMs).toBeLessThan(3_000)
})

test('cuts connections, and takes new ones', async () => {
  const { socket, text } = dial()
  socket.write('PING\r\n')
  await waitUntil('the reply', () => text() === '+PONG\r\n')
  proxy.cut()
  await ended(socket)
  const next = dial()
  next.socket.write('PING\r\n')
  await waitUntil('the reply', () => next.text() === '+PONG\r\n')
})

test('refuses connections until it accepts again', async () => {
  proxy.refuse()
  const refused = dial()
  refused.socket.write('PING\r\n')
  await ended(refused.socket)
  expect(refused.text()).toBe('')
  proxy.accept()
  const next = dial()
  next.socket.write('PING\r\n')
  await waitUntil('the reply', () => next.text() === '+PONG\r\n')
})

test('listens no more after stop', async () => {
  await proxy.stop()
  await proxy.stop()
  const [error] = await once(connect(proxy.port, '127.0.0.1'), 'error')
  expect(error.code).toBe('ECONNREFUSED')
})
