import { expect, onTestFinished, test } from 'vitest'
import { findRedis, startRedis, startTlsRedis } from '../src/index.js'

test('a REDIS_URL with a password is found, and refused without it', async () => {
  const server = await startRedis({ args: ['--requirepass', 'sesame'] })
  onTestFinished(() => server.stop())
  const url = `redis://:sesame@127.0.0.1:${server.port}`
  expect(await findRedis({ env: { REDIS_URL: url } })).toMatchObject({ url })
  for (const [login, refusal] of [
    ['', 'NOAUTH'],
    [':wrong@', 'WRONGPASS'],
  ])
    await expect(
      findRedis({ env: { REDIS_URL: `redis://${login}127.0.0.1:${server.port}` } }),
    ).rejects.toThrow(`refuses: ${refusal}`)
})

test('a rediss REDIS_URL is found', async () => {
  const server = await startTlsRedis()
  onTestFinished(() => server.stop())
  expect(await findRedis({ env: { REDIS_URL: server.url } })).toMatchObject({ url: server.url })
})

test('a REDIS_URL whose server is frozen is an error after 3 s', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  server.pause()
  await expect(findRedis({ env: { REDIS_URL: server.url } })).rejects.toThrow(
    'does not answer within 3 s',
  )
})
