import type { ConnectionStats, RedisManager } from '@gravito/plasma'
import type { Crew, MemberState } from '../crew/crew.js'
import { InvalidInput } from '../input.js'
import type { Journal } from './journal.js'
import { type Kept, NotNow, type Panel } from './panel.js'
import { Rates } from './rates.js'

/** One process and its connection. */
export interface ConnectionRow {
  name: string
  pid: number | undefined
  state: MemberState
  /** Of the connection; `unknown` while the process does not tell. */
  status: string
  restarts: number
  commandsPerSecond: number
  /** Milliseconds, since the process started. */
  p50: number
  p99: number
  /** Milliseconds, of the last second or so. */
  recent: number
  reconnects: number
  errors: number
}

export interface ConnectionsSnapshot {
  server: { version: string; memory: string; clients: number; commandsPerSecond: number } | null
  /** The Redis was started by the playground, which may restart it. */
  isOurs: boolean
  rows: ConnectionRow[]
  commandsPerSecond: number
  promises: Kept[]
}

/** What the panel may do to the server. */
export interface ServerControl {
  /** Restart the Redis; absent when it is not ours. */
  restart?: () => Promise<void>
  /** Why it must not be restarted now. */
  refusal(): string | undefined
}

const DEADLINE_MS = 1_000
const SERVER_EVERY_MS = 1_000

/** The processes, their connections, how fast they are; kills, freezes and wakes them, and restarts Redis. */
export class ConnectionsPanel implements Panel<ConnectionsSnapshot> {
  readonly name = 'connections'
  readonly #redis: RedisManager
  readonly #crew: Crew
  readonly #journal: Journal
  readonly #control: ServerControl
  readonly #rates = new Rates()
  #server: ConnectionsSnapshot['server'] = null
  #askedAt = Number.NEGATIVE_INFINITY
  #restarting: Promise<void> | undefined

  constructor(redis: RedisManager, crew: Crew, journal: Journal, control: ServerControl) {
    this.#redis = redis
    this.#crew = crew
    this.#journal = journal
    this.#control = control
    crew.onFate((member, fate) => {
      if (fate === 'died') journal.add('bad', `${member} died; a new process takes the place`)
      if (fate === 'frozen') journal.add('bad', `${member} is frozen (SIGSTOP)`)
      if (fate === 'woken') journal.add('plain', `${member} goes on (SIGCONT)`)
    })
  }

  readonly actions = {
    kill: { fields: ['member'], run: async (body: Record<string, unknown>) => this.#kill(body) },
    freeze: {
      fields: ['member'],
      run: async (body: Record<string, unknown>) => {
        const member = this.#member(body)
        if (!this.#crew.freeze(member)) throw new NotNow(`${member} does not run just now.`)
        return { member }
      },
    },
    wake: {
      fields: ['member'],
      run: async (body: Record<string, unknown>) => {
        const member = this.#member(body)
        if (!this.#crew.wake(member)) throw new NotNow(`${member} is not frozen.`)
        return { member }
      },
    },
    'flush-scripts': {
      run: async () => {
        await this.#redis.scriptFlush()
        this.#journal.add('bad', 'Redis forgot every script (SCRIPT FLUSH)')
        return {}
      },
    },
    'restart-redis': { run: () => this.#restart() },
  }

  async snapshot(): Promise<ConnectionsSnapshot> {
    await this.#askServer()
    const client = this.#redis.connection()
    const rows = [
      this.#row('playground', process.pid, 'working', 0, client.status, client.stats()),
      ...this.#crew.members.map(({ name, pid, state, restarts, report }) =>
        this.#row(name, pid, state, restarts, report?.status ?? 'unknown', report?.stats),
      ),
    ]
    const sum = (count: (row: ConnectionRow) => number) =>
      rows.reduce((total, row) => total + count(row), 0)
    return {
      server: this.#server,
      isOurs: this.#control.restart !== undefined,
      rows,
      commandsPerSecond: sum(row => row.commandsPerSecond),
      promises: [
        {
          text: `Lost connections come back by themselves: ${sum(row => row.reconnects)} did`,
          kept: rows.every(row => row.state !== 'working' || row.status !== 'end'),
        },
      ],
    }
  }

  #row(
    name: string,
    pid: number | undefined,
    state: MemberState,
    restarts: number,
    status: string,
    stats: ConnectionStats | undefined,
  ): ConnectionRow {
    const { commandsPerSecond, recent } = this.#rates.of(name, stats)
    const { p50 = 0, p99 = 0 } = stats?.latencyMs ?? {}
    const { reconnects = 0, errors = 0 } = stats ?? {}
    const speed = { commandsPerSecond, p50: round(p50), p99: round(p99), recent: round(recent) }
    return { name, pid, state, status, restarts, ...speed, reconnects, errors }
  }

  async #askServer(): Promise<void> {
    if (performance.now() - this.#askedAt < SERVER_EVERY_MS) return
    this.#askedAt = performance.now()
    try {
      const asked = this.#redis.with({ commandTimeout: DEADLINE_MS })
      const info = await asked.infoOf('server', 'clients', 'memory', 'stats')
      this.#server = {
        version: info.redis_version ?? '?',
        memory: info.used_memory_human ?? '?',
        clients: Number(info.connected_clients),
        commandsPerSecond: Number(info.instantaneous_ops_per_sec),
      }
    } catch {
      this.#server = null
    }
  }

  async #kill(body: Record<string, unknown>): Promise<object> {
    const member = this.#member(body)
    const pid = await this.#crew.kill(member)
    if (pid === undefined) throw new NotNow(`${member} does not run just now.`)
    return { member, pid }
  }

  async #restart(): Promise<object> {
    const { restart, refusal } = this.#control
    if (!restart) throw new NotNow('This Redis is not ours to restart: REDIS_URL named it.')
    const why = this.#restarting ? 'It restarts already.' : refusal()
    if (why) throw new NotNow(why)
    this.#journal.add('bad', 'Redis ends and starts again')
    const startedAt = performance.now()
    this.#restarting = restart().finally(() => {
      this.#restarting = undefined
    })
    await this.#restarting
    await this.#redis.ping()
    const tookMs = Math.round(performance.now() - startedAt)
    this.#journal.add('good', `Redis is back after ${tookMs} ms, and so is the connection`)
    return { tookMs }
  }

  #member({ member }: Record<string, unknown>): string {
    const names = this.#crew.members.map(({ name }) => name)
    if (typeof member !== 'string' || !names.includes(member))
      throw new InvalidInput(`member must be one of ${names.join(', ') || 'a crew that runs'}.`)
    return member
  }
}

const round = (ms: number) => Math.round(ms * 100) / 100
