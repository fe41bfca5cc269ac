import type { RedisManager } from '@gravito/plasma'
import { createLocks, type Mutex } from '@gravito/redis-locks'
import type { Crew } from '../crew/crew.js'
import { pause } from '../crew/pause.js'
import { LOCK_TTL_MS, stageNames } from '../crew/protocol.js'
import type { Journal } from './journal.js'
import { LockBook, type Served } from './lock-book.js'
import { type Kept, NotNow, type Panel } from './panel.js'

export interface LockSnapshot {
  /** As Redis says; `member` is unknown until its process tells. */
  holder: { member: string | undefined; token: number; ttlMs: number; leaseMs: number } | null
  /** First come first. */
  waiting: { member: string; waitedMs: number; frozen: boolean }[]
  /** The newest first. */
  served: readonly Served[]
  /** Who stands still, whom the button wakes. */
  frozen: string[]
  grants: number
  /** What the resource took, and what it refused for a token that is too small. */
  writes: number
  refused: number
  promises: Kept[]
}

/** A holder was broken, the lock has not passed on yet. */
interface Broken {
  member: string
  token: number
  how: 'killed' | 'frozen'
  at: number
}

const FIND_MS = 4_000
/** A section is younger than this when its holder is to be hit. */
const YOUNG_MS = 400

/** A mutex that all processes want: its holder, who waits, and what happens when the holder dies or stands still. */
export class LockPanel implements Panel<LockSnapshot> {
  readonly name = 'lock'
  readonly #redis: RedisManager
  readonly #crew: Crew
  readonly #journal: Journal
  readonly #names: ReturnType<typeof stageNames>
  readonly #mutex: Mutex
  #book = new LockBook()
  #broken: Broken | undefined

  constructor(redis: RedisManager, crew: Crew, journal: Journal, stage: string) {
    this.#redis = redis
    this.#crew = crew
    this.#journal = journal
    this.#names = stageNames(stage)
    const locks = createLocks(redis.connection(), { prefix: this.#names.locks })
    this.#mutex = locks.mutex(this.#names.mutex)
    crew.listen((member, news) => {
      if (news.kind !== 'lock') return
      const grant = this.#book.enter(member, news)
      if (grant) this.#passedOn(grant)
      if (news.event === 'over' && news.outcome === 'refused')
        journal.add('good', `${member} wrote too late; the resource refused token ${news.token}`)
      if (news.event === 'over' && news.outcome === 'lost')
        journal.add('good', `${member} was told that its lease is over`)
    })
    crew.onFate((member, fate) => {
      if (fate === 'died') this.#book.died(member)
      else this.#book.excuse(member)
    })
    redis.on('close', () => this.#book.excuse())
  }

  readonly actions = {
    'kill-holder': {
      run: () =>
        this.#break('killed', async member => (await this.#crew.kill(member)) !== undefined),
    },
    'freeze-holder': {
      run: () => this.#break('frozen', async member => this.#crew.freeze(member)),
    },
    wake: {
      run: async () => {
        const woken = this.#frozen()
        for (const name of woken) this.#crew.wake(name)
        if (woken.length === 0) throw new NotNow('Nobody is frozen.')
        return { woken }
      },
    },
  }

  async start(): Promise<void> {
    this.#book = new LockBook()
    this.#broken = undefined
  }

  async snapshot(): Promise<LockSnapshot> {
    const [holder, resource] = await Promise.all([
      this.#mutex.inspect(),
      this.#redis.hgetall(this.#names.resource),
    ])
    const { waiting, served, grants, overlaps, overtaken, takenLate } = this.#book
    const now = Date.now()
    const refused = Number(resource.refused ?? 0)
    return {
      holder: holder && {
        member: this.#book.holderOf(holder.token)?.member,
        token: holder.token,
        ttlMs: holder.ttlMs,
        leaseMs: LOCK_TTL_MS,
      },
      waiting: waiting.map(({ member, since }) => ({
        member,
        waitedMs: Math.max(0, now - since),
        frozen: this.#crew.member(member)?.state === 'frozen',
      })),
      served,
      frozen: this.#frozen(),
      grants,
      writes: Number(resource.writes ?? 0),
      refused,
      promises: [
        { text: `One holder at a time: ${overlaps} overlaps`, kept: overlaps === 0 },
        { text: `First come, first served: ${overtaken} overtaken`, kept: overtaken === 0 },
        {
          text: `Late writes with an old token: ${refused} refused, ${takenLate} taken`,
          kept: takenLate === 0,
        },
      ],
    }
  }

  #frozen(): string[] {
    return this.#crew.members.flatMap(({ name, state }) => (state === 'frozen' ? [name] : []))
  }

  /** Hit a holder early in its section. */
  async #break(
    how: Broken['how'],
    hit: (member: string) => Promise<boolean>,
  ): Promise<{ member: string; token: number }> {
    const until = performance.now() + FIND_MS
    while (performance.now() < until) {
      const entry = this.#book.served[0]
      const isYoung = entry?.ended === 'holds' && Date.now() - entry.heldAt < YOUNG_MS
      const isAwake = entry && this.#crew.member(entry.member)?.state === 'working'
      if (entry && isYoung && isAwake) {
        const { member, token } = entry
        this.#broken = { member, token, how, at: Date.now() }
        if (await hit(member)) {
          this.#journal.add(
            'bad',
            `${member} was ${how} while it held the lock with token ${token}`,
          )
          return { member, token }
        }
      }
      await pause(20, AbortSignal.timeout(FIND_MS))
    }
    throw new NotNow('Nobody holds the lock just now; try again.')
  }

  #passedOn({ member, token }: Served): void {
    const broken = this.#broken
    if (!broken || token <= broken.token) return
    this.#broken = undefined
    const afterMs = Date.now() - broken.at
    const lease = `its lease was ${LOCK_TTL_MS} ms`
    this.#journal.add(
      'good',
      `The lock passed from ${broken.member} to ${member} after ${afterMs} ms (${lease}), with a larger token`,
    )
  }
}
