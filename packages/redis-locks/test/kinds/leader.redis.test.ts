import { RedisClient } from '@gravito/plasma'
import { startRedis, uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createLocks, type Leader, type LeaderOptions, type Section } from '../../src/index.js'
import { startWorker } from '../processes.js'
import { type Client, clients, nothingLeft, pause, queued } from '../setup.js'

/** A candidate, and what its hooks were told. */
function candidate({ locks }: Client, options: LeaderOptions = {}) {
  const told: string[] = []
  const terms: Section[] = []
  const leader = locks.leader('cron', {
    onElected: term => {
      told.push('elected')
      terms.push(term)
    },
    onResigned: () => told.push('resigned'),
    onError: error => told.push((error as { code?: string }).code ?? (error as Error).message),
    ...options,
  })
  onTestFinished(() => leader.stop())
  return { leader, told, terms }
}

const leads = (leader: Leader) => waitUntil('it leads', () => leader.isLeader)

test('one leads; its stop hands over; the signal of the term aborts', async () => {
  const [one, two] = clients(2)
  const [a, b] = [candidate(one), candidate(two)]
  expect(a.leader.start().start()).toBe(a.leader)
  await leads(a.leader)
  b.leader.start()
  await pause(100)
  expect([a.leader.isLeader, b.leader.isLeader]).toEqual([true, false])
  expect([a.leader.token, b.leader.token]).toEqual([a.terms[0]?.token, undefined])
  expect(b.leader.signal).toBeUndefined()
  const { signal } = a.leader
  expect(signal?.aborted).toBe(false)
  await a.leader.stop()
  expect(signal?.aborted).toBe(true)
  expect(a.leader.isLeader).toBe(false)
  await leads(b.leader)
  expect(b.leader.token).toBeGreaterThan(a.terms[0]?.token ?? 0)
  expect(a.told).toEqual(['elected', 'resigned'])
  await b.leader.stop()
  await b.leader.stop()
  await nothingLeft(one.redis)
})

test('resign hands on to who waits, and queues behind', async () => {
  const [one, two] = clients(2)
  const [a, b] = [candidate(one), candidate(two)]
  a.leader.start()
  await leads(a.leader)
  b.leader.start()
  await queued(one.redis, 'lock:{cron}:leader', 1)
  await a.leader.resign()
  await leads(b.leader)
  expect(a.leader.isLeader).toBe(false)
  await queued(one.redis, 'lock:{cron}:leader', 1)
  await b.leader.resign()
  await leads(a.leader)
  expect(a.told).toEqual(['elected', 'resigned', 'elected'])
})

test('the work of a term ends before the next leader begins, within its grace', async () => {
  const [one, two] = clients(2)
  const events: string[] = []
  const a = candidate(one, {
    graceMs: 5_000,
    onElected: async ({ signal }) => {
      await new Promise(resolve => signal.addEventListener('abort', resolve))
      await pause(150)
      events.push('a is done')
    },
  })
  const b = candidate(two, { onElected: () => events.push('b leads') })
  a.leader.start()
  await leads(a.leader)
  b.leader.start()
  await a.leader.stop()
  await leads(b.leader)
  expect(events).toEqual(['a is done', 'b leads'])
  const c = candidate(one, { graceMs: 50, onElected: () => new Promise(() => undefined) })
  await b.leader.stop()
  c.leader.start()
  await leads(c.leader)
  await c.leader.stop()
  expect(c.told).toEqual(['onElected of leader "cron" outlasted its term.', 'resigned'])
})

test('lost and elected again; an error of the work ends the term and is told', async () => {
  const [one] = clients(1, { ttlMs: 200 })
  let fails = false
  const { leader, told } = candidate(one, {
    retryMs: 20,
    onElected: async ({ signal }) => {
      if (fails) throw new Error('work failed')
      await new Promise(resolve => signal.addEventListener('abort', resolve))
    },
  })
  leader.start()
  await leads(leader)
  const first = leader.token ?? 0
  await one.redis.del('lock:{cron}:leader')
  await waitUntil('it is told', () => told.includes('LOCK_LOST'))
  await waitUntil('it leads again', () => (leader.token ?? 0) > first)
  fails = true
  await leader.resign()
  await waitUntil('the failure is told', () => told.includes('work failed'))
  fails = false
  await leads(leader)
  expect(told.filter(it => it === 'resigned').length).toBeGreaterThanOrEqual(3)
})

test('while Redis is away the term ends at its deadline; then one is elected again', async () => {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  const [one] = clients(1, { ttlMs: 400 }, server.url)
  const { leader, told } = candidate(one, { retryMs: 50 })
  leader.start()
  await leads(leader)
  const { signal } = leader
  await server.kill()
  await waitUntil('it leads no more', () => signal?.aborted === true)
  expect(leader.isLeader).toBe(false)
  await server.restart()
  await waitUntil('it leads again', () => leader.isLeader, { timeoutMs: 20_000 })
  expect(told.slice(0, 3)).toContain('LOCK_LOST')
}, 60_000)

test('a killed leader is replaced when its lease ends; start after stop; await using', async () => {
  const redis = new RedisClient({ url: inject('redisUrl') })
  onTestFinished(() => redis.disconnect())
  const name = uniquePrefix('leader')
  const worker = startWorker('lead', name, 800)
  const token = Number(await worker.says('elected'))
  await using leader = createLocks(redis).leader(name).start()
  await pause(300)
  expect(leader.isLeader).toBe(false)
  worker.child.kill('SIGKILL')
  await waitUntil('it leads', () => leader.isLeader, { timeoutMs: 15_000 })
  expect(leader.token).toBeGreaterThan(token)
  await leader.stop()
  leader.start()
  await leads(leader)
}, 40_000)

test('bad input is refused by name', () => {
  const [{ locks }] = clients(1)
  const wrong = (options: unknown) => () => locks.leader('a', options as LeaderOptions)
  expect(() => locks.leader('')).toThrow(expect.objectContaining({ argument: 'name' }))
  expect(wrong({ ttlMs: 0 })).toThrow(expect.objectContaining({ argument: 'ttlMs' }))
  expect(wrong({ onElected: 1 })).toThrow(expect.objectContaining({ argument: 'onElected' }))
  expect(wrong({ retryMs: 0 })).toThrow(expect.objectContaining({ argument: 'retryMs' }))
  expect(wrong({ elected: 0 })).toThrow(expect.objectContaining({ argument: 'elected' }))
})
