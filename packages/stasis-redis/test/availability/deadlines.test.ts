import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Deadlines } from '../../src/availability/deadlines.js'

const MS = 20
const deadlines = () =>
  new Deadlines(
    MS,
    () => 0,
    () => new Error('late'),
  )

function deferred<Result>() {
  let resolve: (result: Result) => void = () => {}
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<Result>((resolved, rejected) => {
    resolve = resolved
    reject = rejected
  })
  return { promise, resolve, reject }
}

describe('Deadlines', () => {
  it('settle like their work, or give it up, whatever the order; each failure is told once', async () => {
    const fate = fc.constantFrom('resolves', 'rejects', 'hangs')
    const plan = fc.array(fc.record({ fate, order: fc.nat(5) }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(plan, async plans => {
        const all = deadlines()
        const told: unknown[] = []
        const works = plans.map(it => ({ ...it, work: deferred<string>() }))
        const races = works.map(({ work }) => all.race(work.promise, error => told.push(error)))
        for (const { fate, work } of [...works].sort((a, b) => a.order - b.order)) {
          if (fate === 'resolves') work.resolve('value')
          if (fate === 'rejects') work.reject(new Error('refused'))
          await null
        }
        const ends = (await Promise.allSettled(races)).map(end =>
          end.status === 'fulfilled' ? end.value : end.reason.message,
        )
        const expected = { resolves: 'value', rejects: 'refused', hangs: 'late' }
        expect(ends).toEqual(plans.map(({ fate }) => expected[fate]))
        expect(told).toHaveLength(plans.filter(({ fate }) => fate !== 'resolves').length)
      }),
      { numRuns: 40 },
    )
  })

  it('do not tell of what fails after it was given up', async () => {
    const told: unknown[] = []
    const work = deferred<never>()
    await expect(
      deadlines().race(work.promise, error => told.push((error as Error).message)),
    ).rejects.toThrow('late')
    work.reject(new Error('refused'))
    await pause(1)
    expect(told).toEqual(['late'])
  })
})
