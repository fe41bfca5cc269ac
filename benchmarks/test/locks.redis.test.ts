import { uniquePrefix } from '@gravito/redis-testing'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { LOCKS_NAMES, SUBJECTS, type SubjectName } from '../src/locks/adapters/index.js'
import { crowdFigures } from '../src/locks/figures.js'
import { type Hold, Performer } from '../src/locks/tasks.js'

async function performer(name: SubjectName) {
  const locks = await SUBJECTS[name].open(inject('redisUrl'))
  onTestFinished(async () => void (await locks.close()))
  return new Performer(locks)
}

const crowd = { kind: 'crowd', waiters: 4, startAt: 0 } as const

describe.each(LOCKS_NAMES)('%s', library => {
  test('acquires and releases', async () => {
    const subject = await performer(library)
    const alone = { kind: 'alone', name: uniquePrefix('alone'), durationMs: 20 } as const
    expect(await subject.perform(alone)).toMatchObject({ pairs: expect.any(Number) })
  })

  test('a crowd takes turns, one at a time', async () => {
    const [one, other] = [await performer(library), await performer(library)]
    const endAt = Date.now() + 300
    const task = { ...crowd, name: uniquePrefix('crowd'), holdMs: 1, endAt }
    const holds = (await Promise.all([one.perform(task), other.perform(task)])) as Hold[][]
    const figures = crowdFigures(holds, 8, endAt)
    expect(figures.acquisitions).toBeGreaterThan(0)
    expect(figures.mostHolders).toBe(1)
  })

  test('who queues goes on once the holder is gone', async () => {
    const [one, other] = [await performer(library), await performer(library)]
    const name = uniquePrefix('queue')
    await one.perform({ kind: 'hold', name })
    await other.perform({ kind: 'queue', name, waiters: 3 })
    await one.perform({ kind: 'free' })
    expect(await other.perform({ kind: 'free' })).toBeNull()
  })
})

describe.each(LOCKS_NAMES.filter(it => SUBJECTS[it].hasPermits))('semaphore of %s', library => {
  test('lets no more in than it has permits', async () => {
    const subject = await performer(library)
    const endAt = Date.now() + 200
    const name = uniquePrefix('permits')
    const holds = await subject.perform({ ...crowd, name, permits: 2, holdMs: 5, endAt })
    expect(crowdFigures([holds as Hold[]], 4, endAt).mostHolders).toBe(2)
  })
})

test('the floor fails where it would have to wait', async () => {
  const [one, other] = [await performer('floor'), await performer('floor')]
  const name = uniquePrefix('floor')
  await one.perform({ kind: 'hold', name })
  await expect(other.perform({ kind: 'hold', name })).rejects.toThrow('cannot wait')
  await one.perform({ kind: 'free' })
})
