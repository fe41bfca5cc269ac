import { describe, expect, it } from 'vitest'
import { LockBook } from '../src/panels/lock-book.js'

/** A book in which A, B and C queue, a second apart. */
function queued(): LockBook {
  const book = new LockBook()
  for (const [i, member] of ['A', 'B', 'C'].entries())
    book.enter(member, { event: 'waiting', at: 1_000 * (i + 1) })
  return book
}

const held = (token: number, at: number) => ({ event: 'held', token, at }) as const
const over = (token: number, heldAt: number, at: number) =>
  ({ event: 'over', token, heldAt, at, outcome: 'released' }) as const

describe('the book of a lock', () => {
  it('knows who waits, first come first, and who was served, the newest first', () => {
    const book = queued()
    book.enter('A', held(1, 4_000))
    book.enter('A', over(1, 4_000, 4_700))
    book.enter('B', held(2, 4_701))
    expect(book.waiting.map(it => it.member)).toEqual(['C'])
    expect(book.served).toEqual([
      { member: 'B', token: 2, waitedMs: 2_701, heldAt: 4_701, ended: 'holds' },
      { member: 'A', token: 1, waitedMs: 3_000, heldAt: 4_000, ended: 'released' },
    ])
    expect([book.overtaken, book.overlaps, book.grants]).toEqual([0, 0, 2])
  })

  it('sees that somebody was overtaken', () => {
    const book = queued()
    book.enter('A', held(1, 4_000))
    book.enter('C', held(2, 5_000))
    expect(book.overtaken).toBe(1)
  })

  it('does not hold it against a lock that who was frozen, or died, was passed', () => {
    const frozen = queued()
    frozen.enter('A', held(1, 4_000))
    frozen.excuse('B')
    frozen.enter('C', held(2, 5_000))
    const dead = queued()
    dead.enter('A', held(1, 4_000))
    dead.died('B')
    dead.enter('C', held(2, 5_000))
    expect([frozen.overtaken, dead.overtaken]).toEqual([0, 0])
  })

  it('sees two in one section, in whatever order they tell', () => {
    const book = queued()
    book.enter('A', held(1, 4_000))
    book.enter('B', held(2, 4_500))
    book.enter('B', over(2, 4_500, 5_000))
    expect(book.overlaps).toBe(0)
    book.enter('A', over(1, 4_000, 4_600))
    expect(book.overlaps).toBe(1)
  })

  it('sees a write that the resource took too late, and none in one that it refused', () => {
    const book = queued()
    book.enter('B', over(2, 4_500, 5_000))
    book.enter('C', { ...over(1, 4_000, 6_000), outcome: 'refused' })
    expect(book.takenLate).toBe(0)
    book.enter('A', { ...over(1, 4_000, 6_100), outcome: 'lost' })
    expect(book.takenLate).toBe(1)
  })

  it('counts a lost lease as lost, and a killed holder as killed', () => {
    const book = queued()
    book.enter('A', held(1, 4_000))
    book.enter('A', { event: 'over', token: 1, heldAt: 4_000, at: 9_000, outcome: 'refused' })
    book.enter('B', held(2, 6_000))
    book.died('B')
    expect(book.served.map(it => it.ended)).toEqual(['killed', 'refused'])
    expect([book.lost, book.overlaps]).toEqual([1, 0])
  })
})
