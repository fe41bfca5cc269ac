import { Redis, type RedisOptions } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startTlsRedis, type TlsRedis } from '../src/index.js'

let open: TlsRedis
let closed: TlsRedis
beforeAll(async () => {
  open = await startTlsRedis()
  closed = await startTlsRedis({ clientCertificates: true })
})
afterAll(async () => {
  await open.stop()
  await closed.stop()
})

function ping(server: TlsRedis, tls: RedisOptions['tls']): Promise<string> {
  const client = new Redis(server.url, {
    tls,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
  })
  onTestFinished(() => client.disconnect())
  return new Promise((resolve, reject) => {
    client.on('error', reject)
    client.ping().then(resolve, () => undefined)
  })
}

describe('a TLS server', () => {
  test('is trusted by who knows its authority', async () => {
    expect(await ping(open, { ca: open.ca })).toBe('PONG')
    expect(await ping(open, { ca: open.ca, servername: 'redis.test' })).toBe('PONG')
  })

  test('is refused by who knows another authority, or calls it by another name', async () => {
    await expect(ping(open, { ca: open.wrongCa })).rejects.toThrow(/certificate/)
    await expect(ping(open, { ca: open.ca, servername: 'other.test' })).rejects.toThrow(/altnames/)
  })

  test('does not speak plain text', async () => {
    const client = new Redis(open.port, '127.0.0.1', { retryStrategy: null })
    client.on('error', () => undefined)
    onTestFinished(() => client.disconnect())
    await expect(client.ping()).rejects.toThrow()
  })
})

describe('with client certificates', () => {
  test('takes a certificate of its authority', async () => {
    const { ca, cert, key } = closed
    expect(await ping(closed, { ca, cert, key })).toBe('PONG')
  })

  test('refuses none, and one of another authority', async () => {
    // The server's alert and the end of the connection race.
    const refusal = /certificate required|unknown ca|ECONNRESET|EPIPE/
    const { ca, wrongCert: cert, wrongKey: key } = closed
    await expect(ping(closed, { ca })).rejects.toThrow(refusal)
    await expect(ping(closed, { ca, cert, key })).rejects.toThrow(refusal)
  })
})
