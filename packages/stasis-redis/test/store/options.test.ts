import { RedisClient, RedisConfigError } from '@gravito/plasma'
import { describe, expect, test } from 'vitest'
import { RedisStore, redisStore } from '../../src/index.js'

describe('bad options are refused by name', () => {
  test.each([
    [{ prefx: 'a' }, /prefx.*did you mean prefix/],
    [{ ttl: 5 }, /ttl.*known are client, connection, prefix, defaultTtl, serializer/],
    [{ prefix: '' }, /prefix/],
    [{ prefix: 'a{b}' }, /prefix.*braces/],
    [{ prefix: 5 }, /prefix/],
    [{ defaultTtl: 0 }, /defaultTtl/],
    [{ defaultTtl: Number.NaN }, /defaultTtl/],
    [{ defaultTtl: '60' }, /defaultTtl/],
    [{ client: 'cache' }, /client.*goes to connection/],
    [{ client: {} }, /client.*ioredis/],
    [{ client: null }, /client/],
    [{ connection: '' }, /connection/],
    [{ connection: 'a', client: new RedisClient() }, /connection.*client/],
    [{ serializer: JSON }, /serializer/],
    [{ serializer: null }, /serializer/],
    [null, /options/],
    ['cache', /options/],
    [[], /options/],
  ])('%j', (options, message) => {
    expect(() => new RedisStore(options as never)).toThrow(message)
    expect(() => redisStore(options as never)).toThrow(RedisConfigError)
  })

  test('an option that is undefined is not given', () => {
    const given = { client: undefined, connection: undefined, prefix: undefined }
    expect(redisStore({ ...given, defaultTtl: undefined, serializer: undefined })).toEqual({
      driver: 'custom',
      store: expect.any(RedisStore),
    })
  })
})
