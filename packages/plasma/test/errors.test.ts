import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { ConnectionClosedError, isRedisError, RedisConfigError, RedisError } from '../src/index.js'

class LockError extends RedisError {
  static override readonly kind = 'LockError'
}

class Unbranded extends RedisError {}

describe('errors', () => {
  test('instanceof follows the classes', () => {
    const error = new RedisConfigError('a.b', 'is wrong')
    expect(error).toBeInstanceOf(RedisConfigError)
    expect(error).toBeInstanceOf(RedisError)
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(ConnectionClosedError)
    expect(error).toMatchObject({
      name: 'RedisConfigError',
      code: 'CONFIG_INVALID',
      message: 'a.b: is wrong',
    })
  })

  test('instanceof holds across the ESM and the CommonJS copy', () => {
    const copy = createRequire(import.meta.url)(
      '../dist/index.cjs',
    ) as typeof import('../src/index.js')
    const foreign = new copy.ConnectionClosedError('main')
    expect(foreign).toBeInstanceOf(ConnectionClosedError)
    expect(foreign).toBeInstanceOf(RedisError)
    expect(foreign).not.toBeInstanceOf(RedisConfigError)
    expect(isRedisError(foreign, 'CONNECTION_CLOSED')).toBe(true)
    expect(isRedisError(foreign, 'OOM')).toBe(false)
    expect(Object.getPrototypeOf(foreign)).not.toBe(ConnectionClosedError.prototype)
  })

  test('subclasses of other packages, with and without a kind of their own', () => {
    const lock = new LockError('lost', { code: 'LOCK_LOST', cause: new Error('why') })
    expect(lock).toBeInstanceOf(LockError)
    expect(lock).toBeInstanceOf(RedisError)
    expect(lock.cause).toBeInstanceOf(Error)
    expect(new RedisError('plain', { code: 'X' })).not.toBeInstanceOf(Unbranded)
    expect(new Unbranded('own', { code: 'X' })).toBeInstanceOf(Unbranded)
  })

  test.each([undefined, null, 'text', {}, new Error('other')])('%s is none of ours', value => {
    expect(isRedisError(value)).toBe(false)
    expect(value).not.toBeInstanceOf(RedisError)
  })
})
