import { uniquePrefix } from '@gravito/redis-testing'
import { expect, expectTypeOf, inject, test } from 'vitest'
import { isRedisError, type RedisClient, type SimilarElement } from '../../src/index.js'
import { clientOf } from '../servers.js'

const FILMS = {
  alien: { vector: [1, 0], year: 1979 },
  aliens: { vector: [0.9, 0.1], year: 1986 },
  amelie: { vector: [-0.2, 1], year: 2001 },
}

/** A server has vector sets, or says that it does not. */
async function hasVectorSets(redis: RedisClient): Promise<boolean> {
  const [known] = await redis.commandInfo('vadd')
  if (known) return true
  await expect(redis.vadd('films', 'alien', [1, 0])).rejects.toSatisfy(error =>
    isRedisError(error, 'ERR'),
  )
  return false
}

test.each([2, 3] as const)('elements are found by similarity, in RESP%i', async protocol => {
  const keyPrefix = uniquePrefix('vectors')
  const redis = clientOf({ url: inject('redisUrl'), keyPrefix, options: { protocol } })
  if (!(await hasVectorSets(redis))) return
  for (const [name, { vector, year }] of Object.entries(FILMS)) {
    const added = await redis.vadd('films', name, vector, { quant: 'none', attributes: { year } })
    expect(added).toBe(1)
  }
  expect(await redis.vadd('films', 'VALUES', 2, 1, 0, 'alien', 'NOQUANT')).toBe(0)
  expect([await redis.vcard('films'), await redis.vdim('films')]).toEqual([3, 2])
  const stored = (await redis.vemb('films', 'aliens')) ?? []
  expect(stored.map(it => Number(it.toFixed(3)))).toEqual([0.9, 0.1])
  expect(await redis.vemb('films', 'none')).toBeNull()

  expect(await redis.vsim('films', 'alien')).toEqual(['alien', 'aliens', 'amelie'])
  expect(await redis.vsim('films', [0, 1], { count: 1 })).toEqual(['amelie'])
  expect(await redis.vsim('films', Float32Array.of(0, 1), { filter: '.year < 1980' })).toEqual([
    'alien',
  ])
  expect(await redis.vsim('films', 'ELE', 'alien', 'COUNT', 1)).toEqual(['alien'])
  const scored = await redis.vsim('films', [1, 0], { withScores: true, truth: true })
  expect(scored.map(it => it.member)).toEqual(['alien', 'aliens', 'amelie'])
  expect(scored[0]?.score).toBeCloseTo(1, 5)
  expect(scored[2]?.score).toBeLessThan(0.5)
  const withAttributes = () => redis.vsim('films', 'alien', { withAttribs: true })
  expectTypeOf(withAttributes).returns.resolves.toEqualTypeOf<SimilarElement[]>()

  expect(await redis.vgetattr<{ year: number }>('films', 'alien')).toEqual({ year: 1979 })
  expect(await redis.vsetattr('films', 'alien', { genre: 'horror' })).toBe(1)
  expect(await redis.vgetattr('films', 'alien')).toEqual({ genre: 'horror' })
  expect(await redis.vsetattr('films', 'alien', null)).toBe(1)
  expect(await redis.vgetattr('films', 'alien')).toBeNull()
  expect(await redis.vsetattr('films', 'none', {})).toBe(0)

  expect(await redis.vinfo('films')).toMatchObject({ quantType: 'f32', vectorDim: 2, size: 3 })
  expect(await redis.vinfo('none')).toBeNull()
  const levels = (await redis.vlinks('films', 'alien')) ?? []
  expect([...new Set(levels.flat())].sort()).toEqual(['aliens', 'amelie'])
  const near = (await redis.vlinks('films', 'alien', { withScores: true })) ?? []
  expect(near.flat().find(it => it.member === 'aliens')?.score).toBeGreaterThan(0.9)
  expect(await redis.vlinks('films', 'none')).toBeNull()
  expect(Object.keys(FILMS)).toContain(await redis.vrandmember('films'))
  expect((await redis.vrandmember('films', 5)).sort()).toEqual(Object.keys(FILMS))
  expect(await redis.vrandmember('none')).toBeNull()
  expect([await redis.vismember('films', 'alien'), await redis.vismember('films', 'x')]).toEqual([
    1, 0,
  ])
  const [removed, left] = await redis.pipeline(c => [c.vrem('films', 'alien'), c.vcard('films')])
  expect([removed, left]).toEqual([1, 2])
  await redis.unlink('films')
})
