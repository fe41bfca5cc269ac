import type { LeaseEvent } from '../crew/protocol.js'

/** One who waits. */
export interface Waiting {
  member: string
  /** Unix milliseconds. */
  since: number
  /** It was frozen, or Redis restarted, since: others may pass. */
  excused: boolean
}

/** One who was served. */
export interface Served {
  member: string
  token: number
  waitedMs: number
  /** Unix milliseconds. */
  heldAt: number
  ended: 'holds' | 'released' | 'lost' | 'refused' | 'killed'
}

interface Interval {
  heldAt: number
  overAt: number
}

const SERVED = 8
const SECTIONS = 50
/** From what a process tells to its ticket in Redis, at most. */
const TOLERANCE_MS = 300

/** What the processes told of one lock, and whether its promises held. */
export class LockBook {
  /** Sections that two processes were in at the same time. */
  overlaps = 0
  /** Who was served before somebody who had waited longer, through a whole section or more. */
  overtaken = 0
  grants = 0
  /** Holders that were told in time that their lease was over, or whose late write was refused. */
  lost = 0
  /** Writes that the resource took after one with a larger token. */
  takenLate = 0
  #newestToken = 0
  readonly #waiting = new Map<string, Waiting>()
  readonly #sections: Interval[] = []
  #served: Served[] = []

  get waiting(): Waiting[] {
    return [...this.#waiting.values()].sort((a, b) => a.since - b.since)
  }

  /** The newest first. */
  get served(): readonly Served[] {
    return this.#served
  }

  /** Who got `token`. */
  holderOf(token: number): Served | undefined {
    return this.#served.find(it => it.token === token)
  }

  /** Enter what a process told; resolves `held` into the grant that it was. */
  enter(member: string, news: LeaseEvent): Served | undefined {
    if (news.event === 'waiting') {
      this.#waiting.set(member, { member, since: news.at, excused: false })
      return undefined
    }
    if (news.event === 'held') return this.#grant(member, news.token, news.at)
    const entry = this.holderOf(news.token)
    if (entry) entry.ended = news.outcome
    if (news.outcome !== 'refused') this.#taken(news.token)
    if (news.outcome === 'released') this.#section({ heldAt: news.heldAt, overAt: news.at })
    else this.lost++
    return undefined
  }

  /** A process died. */
  died(member: string): void {
    this.#waiting.delete(member)
    for (const it of this.#served)
      if (it.member === member && it.ended === 'holds') it.ended = 'killed'
  }

  /** Others may pass `member`, or everybody who waits. */
  excuse(member?: string): void {
    for (const it of this.#waiting.values())
      if (member === undefined || it.member === member) it.excused = true
  }

  #grant(member: string, token: number, heldAt: number): Served {
    const me = this.#waiting.get(member)
    this.#waiting.delete(member)
    this.grants++
    const since = me?.since ?? heldAt
    // Who waited through the whole section before this one was in the queue when it ended.
    const longAgo = Math.min(since, this.#served[0]?.heldAt ?? 0) - TOLERANCE_MS
    const passed = this.waiting.some(it => !it.excused && it.since < longAgo)
    if (passed && !me?.excused) this.overtaken++
    const entry: Served = { member, token, waitedMs: heldAt - since, heldAt, ended: 'holds' }
    this.#served = [entry, ...this.#served].slice(0, SERVED)
    return entry
  }

  #taken(token: number): void {
    if (token < this.#newestToken) this.takenLate++
    else this.#newestToken = token
  }

  #section(one: Interval): void {
    if (this.#sections.some(it => it.heldAt < one.overAt && one.heldAt < it.overAt)) this.overlaps++
    this.#sections.push(one)
    if (this.#sections.length > SECTIONS) this.#sections.shift()
  }
}
