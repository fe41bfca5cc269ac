import { expect, test } from 'vitest'
import { testClient } from '../servers.js'
import { builder, refused, untyped } from './builder.js'

test('counters estimate, one by one, together and merged', async () => {
  const redis = testClient()
  expect(await redis.pfadd('a')).toBe(1)
  expect(await redis.pfadd('a')).toBe(0)
  expect(await redis.pfadd('a', 'x', 'y')).toBe(1)
  expect(await redis.pfadd('a', ['x', 'y'])).toBe(0)
  expect(await redis.pfadd('b', 'y', 7)).toBe(1)
  expect(await redis.pfcount('a')).toBe(2)
  expect(await redis.pfcount('a', 'b')).toBe(3)
  expect(await redis.pfcount('none')).toBe(0)
  expect(await redis.pfmerge('c', 'a', 'b')).toBe('OK')
  expect(await redis.pfcount(['c'])).toBe(3)
})

test('many elements stay within the promised error', async () => {
  const redis = testClient()
  for (let i = 0; i < 10; i++)
    await redis.pfadd('many', ...Array.from({ length: 1_000 }, (_, n) => i * 1_000 + n))
  expect(Math.abs((await redis.pfcount('many')) - 10_000)).toBeLessThan(500)
})

test('bad arguments are refused by name', () => {
  expect(refused(builder.pfcount())).toBe('keys')
  expect(refused(untyped.pfadd?.('k', null))).toBe('argument 2')
  expect(refused(untyped.pfmerge?.('d', { a: 1 }))).toBe('argument 2')
})
