import { setTimeout as sleep } from 'node:timers/promises'
import type { Key } from '../commands/arguments.js'
import { ALL_KEYS, list } from '../commands/arguments.js'
import { checkOptions } from '../config/call-checks.js'
import type { Connection } from '../connection/connection.js'
import type { Limits } from '../connection/limits.js'
import { ready } from '../connection/opening.js'
import type { Dispatcher } from '../dispatcher.js'
import { InvalidArgumentError, TransactionConflictError } from '../errors.js'
import { type BatchReplies, type Sending, View } from '../view.js'
import type { Batch, CommandBuilder } from './batch.js'
import { WatchedKeyChanged } from './command-queue.js'

export interface TransactionOptions extends Limits {
  /** Watched before the function is called. */
  watch?: Key | readonly Key[]
  /** How many times the function is called at most, default 10. */
  attempts?: number
}

const MAX_PAUSE_MS = 100

/** The commands of one attempt, on a connection that nobody else uses: what it reads stays true until `multi`, or is tried again. */
export class Transaction extends View<Sending> {
  readonly #connection: Connection
  readonly #limits: Limits
  readonly #watching: Watching

  /** @internal */
  constructor(dispatcher: Dispatcher, connection: Connection, limits: Limits, watching: Watching) {
    const stillWatched = () =>
      watching.session === undefined || watching.session === connection.session
    super(dispatcher, { ...limits, connection, stillWatched })
    this.#connection = connection
    this.#limits = limits
    this.#watching = watching
  }

  /** From now on, a change of these keys by others makes `multi` write nothing and the transaction begin again. */
  async watch(...keys: (Key | readonly Key[])[]): Promise<'OK'> {
    // Now the session is that of this connection.
    await ready(this.#connection, 'watch', this.#limits)
    this.#watching.session ??= this.#connection.session
    return this.send<'OK'>('watch', list('keys', keys), ALL_KEYS)
  }

  /** Watch nothing any more. */
  async unwatch(): Promise<'OK'> {
    this.#watching.session = undefined
    return this.send<'OK'>('unwatch', [], [])
  }

  /** Execute the commands, all or nothing, if nothing watched was changed. */
  override async multi<const B extends Batch>(
    build: (commands: CommandBuilder) => B,
  ): Promise<BatchReplies<Sending, B>> {
    const replies = await super.multi(build)
    this.#watching.session = undefined
    return replies
  }
}

/** In which session of its connection an attempt watches, if it does. */
interface Watching {
  session: number | undefined
}

/**
 * Call `work` until no watched key is changed by others between its reads and its `multi`.
 *
 * @throws TransactionConflictError after `attempts` conflicts
 */
export async function transact<Result>(
  dispatcher: Dispatcher,
  name: string,
  work: (transaction: Transaction) => Promise<Result>,
  options: TransactionOptions,
): Promise<Result> {
  if (typeof work !== 'function')
    throw new InvalidArgumentError('work', 'must be a function', 'transaction')
  checkOptions('transaction', options)
  const { watch, attempts = 10, ...limits } = options
  for (let attempt = 1; ; attempt++) {
    dispatcher.assertOpen()
    try {
      return await dispatcher.dedicated.use(async connection => {
        const watching: Watching = { session: undefined }
        const transaction = new Transaction(dispatcher, connection, limits, watching)
        try {
          if (watch !== undefined) await transaction.watch(watch as Key)
          return await work(transaction)
        } finally {
          if (watching.session !== undefined) await transaction.unwatch().catch(() => undefined)
        }
      })
    } catch (error) {
      if (!(error instanceof WatchedKeyChanged)) throw error
      if (attempt >= attempts) throw new TransactionConflictError(name, attempts)
      await sleep(Math.random() * Math.min(2 ** attempt, MAX_PAUSE_MS), undefined, {
        signal: limits.signal,
      })
    }
  }
}
