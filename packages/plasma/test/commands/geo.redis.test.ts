import { expect, test } from 'vitest'
import type { RedisClient } from '../../src/index.js'
import { testClient } from '../servers.js'

const PALERMO = { member: 'Palermo', longitude: 13.361389, latitude: 38.115556 }
const CATANIA = { member: 'Catania', longitude: 15.087269, latitude: 37.502669 }
const CENTRE = { longitude: 15, latitude: 37 }
const near = (value: number) => expect.closeTo(value, 3)

async function sicily(): Promise<RedisClient> {
  const redis = testClient()
  await redis.geoadd('cities', [PALERMO, CATANIA])
  return redis
}

test('members are added, moved and counted', async () => {
  const redis = testClient()
  expect(await redis.geoadd('cities', PALERMO)).toBe(1)
  expect(await redis.geoadd('cities', [PALERMO, CATANIA], { nx: true })).toBe(1)
  expect(await redis.geoadd('cities', { ...PALERMO, longitude: 14 }, { xx: true, ch: true })).toBe(
    1,
  )
  expect(await redis.geoadd('cities', 2.3522, 48.8566, 'Paris')).toBe(1)
  expect(await redis.geoadd('cities', 'XX', 0, 0, 'nowhere')).toBe(0)
  expect(await redis.zcard('cities')).toBe(3)
})

test('positions, distances and hashes, null for who is not there', async () => {
  const redis = await sicily()
  expect(await redis.geopos('cities', 'Palermo', 'none')).toEqual([
    { longitude: near(13.361), latitude: near(38.116) },
    null,
  ])
  expect(await redis.geodist('cities', 'Palermo', 'Catania')).toBeCloseTo(166_274.15, 1)
  expect(await redis.geodist('cities', 'Palermo', 'Catania', 'km')).toBeCloseTo(166.27, 1)
  expect(await redis.geodist('cities', 'Palermo', 'none')).toBeNull()
  expect(await redis.geohash('cities', 'Palermo', 'none')).toEqual(['sqc8b49rny0', null])
})

test('a search answers with members, or with objects that hold what was asked for', async () => {
  const redis = await sicily()
  const km = 'km' as const
  const area = { radius: 200, unit: km }
  expect(await redis.geosearch('cities', CENTRE, area, { sort: 'asc' })).toEqual([
    'Catania',
    'Palermo',
  ])
  expect((await redis.geosearch('cities', CENTRE, area)).sort()).toEqual(['Catania', 'Palermo'])
  expect(await redis.geosearch('cities', 'Palermo', { radius: 1 })).toEqual(['Palermo'])
  expect(await redis.geosearch('cities', CENTRE, area, { withDist: true, sort: 'desc' })).toEqual([
    { member: 'Palermo', distance: near(190.442) },
    { member: 'Catania', distance: near(56.441) },
  ])
  const everything = { withHash: true, withCoord: true, withDist: true, count: 1 } as const
  const [first] = await redis.geosearch(
    'cities',
    CENTRE,
    { width: 400, height: 400, unit: km },
    everything,
  )
  expect(first).toEqual({
    member: 'Catania',
    distance: near(56.441),
    hash: 3479447370796909,
    longitude: near(15.087),
    latitude: near(37.503),
  })
  expect(
    await redis.geosearch('cities', CENTRE, area, { withHash: true, any: true, count: 5 }),
  ).toHaveLength(2)
  expect(await redis.geosearch('none', CENTRE, area)).toEqual([])
  expect(
    await redis.geosearch('cities', 'FROMLONLAT', 15, 37, 'BYRADIUS', 60, 'km', 'WITHDIST'),
  ).toEqual([['Catania', '56.4413']])
})

test('a search can be stored, with positions or distances', async () => {
  const redis = await sicily()
  const area = { radius: 200, unit: 'km' as const }
  expect(await redis.geosearchstore('near', 'cities', CENTRE, area, { count: 1 })).toBe(1)
  expect(await redis.geopos('near', 'Catania')).toEqual([
    { longitude: near(15.087), latitude: near(37.503) },
  ])
  expect(await redis.geosearchstore('far', 'cities', CENTRE, area, { storeDist: true })).toBe(2)
  expect(await redis.zscore('far', 'Palermo')).toBeCloseTo(190.44, 1)
  expect(
    await redis.geosearchstore('one', 'cities', 'FROMMEMBER', 'Palermo', 'BYRADIUS', 1, 'm'),
  ).toBe(1)
})

test('the old searches, whose stores are keys too', async () => {
  const redis = await sicily()
  expect(await redis.georadius('cities', 15, 37, 60, 'km', 'WITHDIST')).toEqual([
    ['Catania', '56.4413'],
  ])
  expect(await redis.georadiusRo('cities', 15, 37, 60, 'km')).toEqual(['Catania'])
  expect(await redis.georadiusbymember('cities', 'Palermo', 1, 'm')).toEqual(['Palermo'])
  expect(await redis.georadiusbymemberRo('cities', 'Palermo', 1, 'm')).toEqual(['Palermo'])
  expect(await redis.georadius<number>('cities', 15, 37, 200, 'km', 'STORE', 'a')).toBe(2)
  expect(await redis.georadiusbymember<number>('cities', 'Palermo', 1, 'm', 'STOREDIST', 'b')).toBe(
    1,
  )
  expect(await redis.zcard('a')).toBe(2)
  expect(await redis.zscore('b', 'Palermo')).toBe(0)
})

test('the view of bytes gives members as bytes and numbers as numbers', async () => {
  const { buffers } = await sicily()
  const member = Buffer.from('Catania')
  const area = { radius: 60, unit: 'km' as const }
  expect(await buffers.geosearch('cities', CENTRE, area)).toEqual([member])
  const options = { withDist: true, withHash: true, withCoord: true } as const
  expect(await buffers.geosearch('cities', CENTRE, area, options)).toEqual([
    {
      member,
      distance: near(56.441),
      hash: 3479447370796909,
      longitude: near(15.087),
      latitude: near(37.503),
    },
  ])
  expect(await buffers.geodist('cities', 'Palermo', 'Catania', 'km')).toBeCloseTo(166.27, 1)
  expect(await buffers.geopos('cities', 'Catania')).toEqual([
    { longitude: near(15.087), latitude: near(37.503) },
  ])
})
