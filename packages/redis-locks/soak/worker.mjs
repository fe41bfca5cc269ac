// One process of the soak: three loops of sections under random locks, until SIGTERM. Says what no lock may do.
import { RedisClient } from '@gravito/plasma'
import { createLocks } from '@gravito/redis-locks'
import { openJudge } from './judge.mjs'
import { randomFrom } from './random.mjs'

const [, , url, judgeUrl, names, ttl, seed, durability] = process.argv
const ttlMs = Number(ttl)
const random = randomFrom(Number(seed))
const redis = new RedisClient({ url, retryDelay: 20, maxRetries: 20, commandTimeout: 2_000 })
redis.on('error', () => undefined)
const locks = createLocks(redis, { ttlMs, waitMs: 5 * ttlMs })
const judge = openJudge(judgeUrl)
const say = (...words) => process.stdout.write(`${words.join(' ')}\n`)
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))
const TYPED = new Set(['LOCK_TIMEOUT', 'LOCK_STORE', 'LOCK_LOST'])

let isOver = false
let sections = 0
process.on('SIGTERM', () => {
  isOver = true
})
process.on('unhandledRejection', error => say('violation', 'unhandled rejection', error))

async function section(name, lease) {
  const { token } = lease
  const owner = `${process.pid}:${sections++}`
  if ((await judge.open(name, token, owner)) !== 1) return refused(name, lease)
  const value = await judge.read(name)
  // Now and then a section that lives by renewals.
  await pause(random() < 0.08 ? (1 + random()) * ttlMs : random() * 5)
  if (!(await judge.write(name, token, value + 1))) refused(name, lease)
}

/** A larger token was there. Unless Redis lost data, that cannot be while the lease is held, by the local count too. */
function refused(name, lease) {
  if (durability !== 'durable' || !lease.isHeld()) return
  say('violation', `${name}: a token above ${lease.token} while that lease was held`)
}

async function once(name) {
  const how = random()
  if (how < 0.1) {
    const lease = await locks.mutex(name).tryAcquire()
    if (lease) await section(name, lease)
    return lease?.release()
  }
  const signal = how < 0.2 ? AbortSignal.timeout(Math.floor(random() * ttlMs)) : undefined
  return locks.withLock(name, ({ lease }) => section(name, lease), signal ? { signal } : {})
}

async function loop() {
  const all = names.split(',')
  while (!isOver) {
    const name = all[Math.floor(random() * all.length)]
    try {
      await once(name)
    } catch (error) {
      const isTyped = TYPED.has(error?.code) || error?.name === 'TimeoutError'
      if (!isTyped) say('violation', 'an error that is not typed:', error?.stack ?? error)
      await pause(20)
    }
  }
}

say('ready')
await Promise.all([loop(), loop(), loop()])
await Promise.all([redis.disconnect(), judge.close()])
say('done')
