import type { Command } from 'ioredis'
import { type Batch, type Queued, queuedScript } from './batch.js'
import type { Argument, Key, Keys, Value } from './commands/arguments.js'
import { Commands } from './commands/index.js'
import type { Decode, Mode } from './commands/sender.js'
import type { Connection } from './connection.js'
import type { Script } from './script.js'
import { toCommand } from './wire.js'

interface Queueing<Replies extends unknown[]> extends Mode {
  returns: Pipeline<[...Replies, this['reply']]>
}

/** What `exec` resolves with: one `[error, reply]` per command, in order. */
export type Results<Replies extends unknown[]> = Replies extends []
  ? [error: Error | null, reply: unknown][]
  : { [I in keyof Replies]: [error: Error | null, reply: Replies[I]] }

/** `pipeline` only saves round trips, `multi` is all or nothing (MULTI, EXEC). */
export type BatchKind = 'pipeline' | 'multi'

/**
 * Commands queued by chaining, sent together by `exec`. A bad argument throws at its own line.
 *
 * @example
 * const [[, name], [, visits]] = await redis.pipeline().get('name').incr('visits').exec()
 */
export class Pipeline<Replies extends unknown[] = []> extends Commands<Queueing<Replies>> {
  readonly #connection: Connection
  readonly #kind: BatchKind
  #queue: Prepared[] = []

  constructor(connection: Connection, kind: BatchKind) {
    super()
    this.#connection = connection
    this.#kind = kind
  }

  /** How many commands are queued. */
  get length(): number {
    return this.#queue.length
  }

  override send<Reply = unknown>(
    name: string,
    args: Argument[],
    keys: Keys,
    decode?: Decode<Reply>,
  ): Pipeline<[...Replies, Reply]> {
    return this.#add({ name, args, keys, decode })
  }

  /** Queue a script; its whole text travels, because a batch cannot ask first whether the server knows it. */
  run<K extends readonly Key[], A extends readonly Value[], Reply>(
    script: Script<K, A, Reply>,
    keys: K,
    args: A,
  ): Pipeline<[...Replies, Reply]> {
    return this.#add(queuedScript(script, keys, args))
  }

  /** Send what is queued, which empties the queue. A failing command fails alone: its error stands in its place. */
  async exec(): Promise<Results<Replies>> {
    const queue = this.#queue
    this.#queue = []
    return (await execute(this.#connection, this.#kind, queue)) as Results<Replies>
  }

  #add<Reply>(queued: Queued<Reply>): Pipeline<[...Replies, Reply]> {
    this.#queue.push(prepare(queued, this.#connection.config.keyPrefix))
    return this as unknown as Pipeline<[...Replies, Reply]>
  }
}

/** A command ready to be sent, and what decodes its reply. */
interface Prepared {
  command: Command
  decode: Decode<unknown> | undefined
}

const prepare = (queued: Queued<unknown>, keyPrefix: string): Prepared => ({
  command: toCommand(queued, keyPrefix),
  decode: queued.decode,
})

/** Send a list of commands; resolves with their replies and rejects with the first error. */
export async function executeAll(
  connection: Connection,
  kind: BatchKind,
  batch: Batch,
): Promise<unknown[]> {
  const { keyPrefix } = connection.config
  const results = await execute(
    connection,
    kind,
    batch.map(queued => prepare(queued, keyPrefix)),
  )
  return results.map(([error, reply]) => {
    if (error) throw error
    return reply
  })
}

/** One `[error, reply]` per command; EXECABORT rejects, for then MULTI executed none. */
async function execute(
  connection: Connection,
  kind: BatchKind,
  batch: readonly Prepared[],
): Promise<[Error | null, unknown][]> {
  if (batch.length === 0) return []
  const instance = connection.opened()
  const queue = (kind === 'multi' ? instance.multi() : instance.pipeline()) as unknown as Queue
  for (const { command } of batch) queue.sendCommand(command)
  const unlimit = connection.limit(batch.map(({ command }) => command))
  const results = await queue
    .exec()
    .catch(error => {
      throw connection.explain(error, kind === 'multi' ? 'exec' : 'pipeline')
    })
    .finally(unlimit)
  return (results ?? []).map(([error, raw], i) => {
    const { command, decode } = batch[i] as Prepared
    if (error) return [connection.explain(error, command.name), undefined]
    return [null, decode ? decode(raw as never, connection.config.keyPrefix) : raw]
  })
}

/** What ioredis' pipeline does with commands made by hand; its types show only the chainable methods. */
interface Queue {
  sendCommand(command: Command): unknown
  exec(): Promise<[Error | null, unknown][] | null>
}
