import { expect, test } from 'vitest'
import { testClient } from '../servers.js'

test('single bits', async () => {
  const redis = testClient()
  expect(await redis.setbit('k', 7, 1)).toBe(0)
  expect(await redis.setbit('k', 7, 1)).toBe(1)
  expect(await redis.getbit('k', 7)).toBe(1)
  expect(await redis.getbit('k', 1_000)).toBe(0)
  expect(await redis.getbit('none', 0)).toBe(0)
})

test('counting and finding, in bytes and in bits', async () => {
  const redis = testClient()
  await redis.set('k', Buffer.from([0x00, 0xff, 0x0f]))
  expect(await redis.bitcount('k')).toBe(12)
  expect(await redis.bitcount('k', 1, 1)).toBe(8)
  expect(await redis.bitcount('k', -1, -1)).toBe(4)
  expect(await redis.bitcount('k', 0, 9, 'bit')).toBe(2)
  expect(await redis.bitcount('none')).toBe(0)
  expect(await redis.bitpos('k', 1)).toBe(8)
  expect(await redis.bitpos('k', 0, 1)).toBe(16)
  expect(await redis.bitpos('k', 0, 9, 14, 'bit')).toBe(-1)
  expect(await redis.bitpos('none', 1)).toBe(-1)
})

test('values combined', async () => {
  const redis = testClient()
  await redis.set('a', Buffer.from([0b1100]))
  await redis.set('b', Buffer.from([0b1010]))
  const combined = async () => (await redis.bitfieldRo('d', [{ get: 'u8', offset: 0 }]))[0]
  for (const [operation, expected] of [
    ['and', 0b1000],
    ['or', 0b1110],
    ['xor', 0b0110],
  ] as const) {
    expect(await redis.bitop(operation, 'd', 'a', 'b')).toBe(1)
    expect(await combined(), operation).toBe(expected)
  }
  expect(await redis.bitop('NOT', 'd', 'a')).toBe(1)
  expect(await combined()).toBe(0b11110011)
})

test('bitfields, with every kind of overflow', async () => {
  const redis = testClient()
  expect(
    await redis.bitfield('k', [
      { set: 'u8', offset: '#1', value: 255 },
      { get: 'u8', offset: 8 },
      { incrBy: 'u8', offset: '#1', increment: 2 },
      { overflow: 'sat' },
      { incrBy: 'i8', offset: 0, increment: 200 },
      { overflow: 'fail' },
      { incrBy: 'i8', offset: 0, increment: 1 },
    ]),
  ).toEqual([0, 255, 1, 127, null])
  expect(await redis.bitfield('k', 'GET', 'u8', '#0', 'GET', 'u8', '#1')).toEqual([127, 1])
  expect(await redis.bitfieldRo('k', 'GET', 'u8', 8)).toEqual([1])
  expect(await redis.bitfield('k', [])).toEqual([])
  await redis.bitfield('big', [{ set: 'i64', offset: 0, value: -9_007_199_254_740_993n }])
  expect(await redis.bitfieldRo('big', [{ get: 'i64', offset: 0 }])).toEqual([-(2 ** 53)])
  expect(await redis.bitfieldRo('big', [{ get: 'u8', offset: '#7' }])).toEqual([0xff])
})
