import { RedisError } from '@gravito/plasma'
import type { Server } from '../client/cluster.js'

/** What a feed tells. */
export interface FeedListener {
  /** From now on every change is told. */
  up(): void
  /** What changed since is not known. */
  down(): void
  /** These keys changed; `null`: all may have. */
  changed(keys: readonly Buffer[] | null): void
  /** The server does not let us listen; tried again. */
  refused(error: NearFeedError): void
}

/** The server refuses to tell of changes (CLIENT TRACKING): the near cache is off, and reads go to Redis. */
export class NearFeedError extends RedisError {
  static override readonly kind = 'NearFeedError'

  constructor(cause: Error) {
    super(
      `The near cache is off, because the server refuses its feed: ${cause.message}. It needs CLIENT ID, CLIENT TRACKING, SUBSCRIBE to __redis__:invalidate and PING (Redis 6.0 or later).`,
      { code: 'CACHE_NEAR_FEED', cause },
    )
  }
}

const CHANNEL = '__redis__:invalidate'
const HANDSHAKE_MS = 3_000
/** A feed that died without a word is noticed after at most two of these. */
const PING_MS = 1_000
const FIRST_RETRY_MS = 50
const LONGEST_RETRY_MS = 2_000

/** One attempt per instance: a copy of the source of this moment, with its password, its master, its address. */
const COPY = {
  protocol: 2,
  lazyConnect: true,
  keyPrefix: '',
  connectionName: 'near-cache',
  connectTimeout: HANDSHAKE_MS,
  commandTimeout: undefined,
  maxRetriesPerRequest: null,
  enableAutoPipelining: false,
  autoResubscribe: false,
  readOnly: false,
  retryStrategy: () => null,
  sentinelRetryStrategy: () => null,
  reconnectOnError: null,
} as const

/**
 * Hears from one server which keys changed, over a connection of its own that speaks RESP2, since ioredis drops the
 * pushes of RESP3. It keeps no process alive. It ends with the connection it belongs to, which then may reach another
 * server, and starts again with it.
 */
export class Feed {
  readonly #source: Server
  readonly #prefixes: readonly string[]
  readonly #listener: FeedListener
  /** The source may reach another server with each connection, so that the feed has to follow. */
  readonly #moves: boolean
  #redis: Server | undefined
  #up = false
  #attempts = 0
  #retry: NodeJS.Timeout | undefined
  #pings: NodeJS.Timeout | undefined
  #isRefused = false

  constructor(source: Server, prefixes: readonly string[], moves: boolean, listener: FeedListener) {
    this.#source = source
    this.#prefixes = prefixes
    this.#moves = moves
    this.#listener = listener
    source.on('ready', this.#connectNow)
    source.on('close', this.#restart)
    this.#connect()
  }

  get isUp(): boolean {
    return this.#up
  }

  close(): void {
    this.#source.off('ready', this.#connectNow)
    this.#source.off('close', this.#restart)
    this.#drop()
    clearTimeout(this.#retry)
  }

  readonly #connectNow = () => {
    this.#attempts = 0
    clearTimeout(this.#retry)
    this.#connect()
  }

  readonly #restart = () => {
    this.#drop()
    this.#connectLater()
  }

  #connect(): void {
    if (this.#redis || (this.#moves && this.#source.status !== 'ready')) return
    const redis = this.#source.duplicate(COPY)
    this.#redis = redis
    const limit = setTimeout(() => this.#failed(redis), HANDSHAKE_MS).unref()
    redis.on('error', () => undefined)
    redis.on('connect', () => redis.stream?.unref())
    redis.on('end', () => this.#failed(redis))
    redis.on('messageBuffer', (_channel, keys) => {
      if (redis === this.#redis) this.#listener.changed(Array.isArray(keys) ? keys : null)
    })
    this.#listen(redis)
      .catch(error => this.#failed(redis, error))
      .finally(() => clearTimeout(limit))
  }

  /** Redirecting to itself has to come before SUBSCRIBE, after which RESP2 allows no CLIENT. */
  async #listen(redis: Server): Promise<void> {
    await redis.connect()
    const id = await redis.client('ID')
    const prefixes = this.#prefixes.flatMap(prefix => ['PREFIX', prefix])
    await redis.call('CLIENT', 'TRACKING', 'ON', 'REDIRECT', String(id), 'BCAST', ...prefixes)
    await redis.subscribe(CHANNEL)
    if (redis !== this.#redis) return
    if (this.#moves && addressOf(redis) !== addressOf(this.#source)) {
      this.#failed(redis)
      return
    }
    this.#attempts = 0
    this.#isRefused = false
    this.#pings = setInterval(this.#pinger(redis), PING_MS).unref()
    this.#up = true
    this.#listener.up()
  }

  #pinger(redis: Server): () => void {
    let answered = true
    return () => {
      if (!answered) {
        // A process that was busy itself reads its sockets first.
        setImmediate(() => {
          if (!answered) this.#failed(redis)
        })
        return
      }
      answered = false
      redis.ping().then(
        () => {
          answered = true
        },
        () => this.#failed(redis),
      )
    }
  }

  #failed(redis: Server, error?: Error): void {
    if (redis !== this.#redis) return
    if (error?.name === 'ReplyError' && !this.#isRefused) {
      this.#isRefused = true
      this.#listener.refused(new NearFeedError(error))
    }
    this.#restart()
  }

  #drop(): void {
    const redis = this.#redis
    this.#redis = undefined
    clearInterval(this.#pings)
    redis?.disconnect()
    if (!this.#up) return
    this.#up = false
    this.#listener.down()
  }

  #connectLater(): void {
    const ms = Math.min(FIRST_RETRY_MS * 2 ** Math.min(this.#attempts++, 10), LONGEST_RETRY_MS)
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#connect(), ms * (0.75 + Math.random() / 2)).unref()
  }
}

/** Behind a name, or at the sentinels, there may be several servers. */
function addressOf({ stream }: Server): string {
  const { remoteAddress, remotePort } = stream as { remoteAddress?: string; remotePort?: number }
  return `${remoteAddress} ${remotePort}`
}
