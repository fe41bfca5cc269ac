import calculateSlot from 'cluster-key-slot'
import type { Cluster, Redis } from 'ioredis'
import { type Batch, type Queued, queuedScript } from './batch.js'
import type { Argument, Key, Keys, Value } from './commands/arguments.js'
import { Commands } from './commands/index.js'
import type { Decode, Mode } from './commands/sender.js'
import { SentCommand } from './connection/command.js'
import type { Dispatcher, Manner } from './dispatcher.js'
import { ConnectionClosedError, InvalidArgumentError, ReplyError } from './errors.js'
import type { Script } from './script.js'
import { toCommand } from './wire.js'

interface Queueing<Replies extends unknown[]> extends Mode {
  returns: Pipeline<[...Replies, this['reply']]>
}

/** What `exec` resolves with: one `[error, reply]` per command, in order. */
export type Results<Replies extends unknown[]> = Replies extends []
  ? [error: Error | null, reply: unknown][]
  : { [I in keyof Replies]: [error: Error | null, reply: Replies[I]] }

/** What `exec({ throwOnError: true })` resolves with: the replies, in order. */
export type PlainReplies<Replies extends unknown[]> = Replies extends [] ? unknown[] : Replies

/** `pipeline` only saves round trips, `multi` is all or nothing (MULTI, EXEC). */
export type BatchKind = 'pipeline' | 'multi'

/**
 * Commands queued by chaining, sent together by `exec`. A bad argument throws at its own line.
 *
 * @example
 * const [[, name], [, visits]] = await redis.pipeline().get('name').incr('visits').exec()
 * const [name, visits] = await redis.pipeline().get('name').incr('visits').exec({ throwOnError: true })
 */
export class Pipeline<Replies extends unknown[] = []> extends Commands<Queueing<Replies>> {
  readonly #dispatcher: Dispatcher
  readonly #kind: BatchKind
  #queue: Prepared[] = []

  constructor(dispatcher: Dispatcher, kind: BatchKind) {
    super()
    this.#dispatcher = dispatcher
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
  exec(options?: { throwOnError?: false }): Promise<Results<Replies>>
  /** Send what is queued; resolves with the replies alone, and rejects with the first error. */
  exec(options: { throwOnError: true }): Promise<PlainReplies<Replies>>
  async exec(options: { throwOnError?: boolean } = {}): Promise<never> {
    const queue = this.#queue
    this.#queue = []
    const results = await execute(this.#dispatcher, this.#kind, queue, {})
    return (options.throwOnError ? results.map(replyOrThrow) : results) as never
  }

  #add<Reply>(queued: Queued<Reply>): Pipeline<[...Replies, Reply]> {
    this.#queue.push(prepare(queued, this.#dispatcher.main.config.keyPrefix, this.#kind))
    return this as unknown as Pipeline<[...Replies, Reply]>
  }
}

/** A command ready to be sent, and what decodes its reply. */
interface Prepared {
  command: SentCommand
  decode: Decode<unknown> | undefined
}

type Result = [error: Error | null, reply: unknown]

/** @throws InvalidArgumentError for a bad argument, and for a command that would hold up those behind it */
function prepare(
  queued: Queued<unknown>,
  keyPrefix: string,
  kind: BatchKind,
  bytes?: boolean,
): Prepared {
  const command = toCommand(queued, keyPrefix, bytes)
  if (kind === 'pipeline' && command.waits) {
    throw new InvalidArgumentError(
      'a command that waits for data',
      'would hold up everything on the connection; call it on the client instead of a pipeline',
      queued.name,
    )
  }
  return { command, decode: queued.decode }
}

/** Send a list of commands; resolves with their replies and rejects with the first error. */
export async function executeAll(
  dispatcher: Dispatcher,
  kind: BatchKind,
  batch: Batch,
  manner: Manner = {},
): Promise<unknown[]> {
  const { keyPrefix } = dispatcher.main.config
  const prepared = batch.map(queued => prepare(queued, keyPrefix, kind, manner.bytes))
  return (await execute(dispatcher, kind, prepared, manner)).map(replyOrThrow)
}

const replyOrThrow = ([error, reply]: Result): unknown => {
  if (error) throw error
  return reply
}

/** One `[error, reply]` per command; EXECABORT rejects, for then MULTI executed none. */
async function execute(
  dispatcher: Dispatcher,
  kind: BatchKind,
  batch: readonly Prepared[],
  manner: Manner,
): Promise<Result[]> {
  if (batch.length === 0) return []
  if (kind === 'multi' && dispatcher.main.isCluster) refuseSlots(dispatcher.main.name, batch)
  const connection = manner.connection ?? dispatcher.main
  const commands = batch.map(({ command }) => command)
  const started = performance.now()
  const explain = (error: unknown, name: string) =>
    manner.signal?.aborted && error === manner.signal.reason
      ? (error as Error)
      : connection.explain(error, name, manner.commandTimeout)
  let raw: RawResult[] | null
  try {
    const send = kind === 'multi' ? sendMulti : connection.isCluster ? sendEach : sendTogether
    raw = await connection.start(
      commands.length,
      instance =>
        manner.stillWatched?.() === false ? Promise.resolve(null) : send(instance, commands),
      manner,
      error => {
        for (const command of commands) command.reject(error)
      },
    )
  } catch (error) {
    const failed = explain(error, kind === 'multi' ? 'exec' : 'pipeline')
    dispatcher.observe(
      started,
      commands,
      commands.map(() => failed),
    )
    if (
      kind === 'pipeline' &&
      !(failed instanceof ConnectionClosedError) &&
      error !== manner.signal?.reason
    ) {
      return commands.map(({ name }) => [explain(error, name), undefined])
    }
    throw failed
  }
  if (raw === null) throw new WatchedKeyChanged()
  const results = raw.map(([error, reply], i): Result => {
    const { command, decode } = batch[i] as Prepared
    if (error) return [explain(error, command.name), undefined]
    return [null, decode ? decode(reply as never, connection.config.keyPrefix) : reply]
  })
  dispatcher.observe(
    started,
    commands,
    results.map(([error]) => error),
  )
  return results
}

/** @throws ReplyError as the server would, before anything is sent */
function refuseSlots(connection: string, batch: readonly Prepared[]): void {
  const slots = new Set(batch.flatMap(({ command }) => command.getKeys().map(calculateSlot)))
  if (slots.size < 2) return
  const reason =
    'the keys of a transaction must lie in one slot of the Cluster: give them a common {tag}'
  throw new ReplyError(`CROSSSLOT ${reason}`, connection, 'multi')
}

/** EXEC answered with nothing, because a watched key was changed. */
export class WatchedKeyChanged extends Error {}

type RawResult = [error: Error | null, reply?: unknown]

/** A batch of a single server goes out in one write. */
async function sendTogether(
  instance: Redis | Cluster,
  commands: readonly SentCommand[],
): Promise<RawResult[]> {
  const pipeline = instance.pipeline() as unknown as RawPipeline
  for (const command of commands) pipeline.sendCommand(command)
  return (await pipeline.exec()) ?? []
}

/** In a Cluster each command finds its own node. */
function sendEach(
  instance: Redis | Cluster,
  commands: readonly SentCommand[],
): Promise<RawResult[]> {
  return Promise.all(
    commands.map(command => {
      instance.sendCommand(command)
      return command.promise.then(
        (reply): RawResult => [null, reply],
        (error): RawResult => [error],
      )
    }),
  )
}

/** MULTI, the commands, EXEC in one write; `null` when EXEC refused because of a watched key. */
async function sendMulti(
  instance: Redis | Cluster,
  commands: readonly SentCommand[],
): Promise<RawResult[] | null> {
  const multi = inTransaction(new SentCommand('multi'))
  const exec = inTransaction(new SentCommand('exec'))
  const all = [multi, ...commands.map(inTransaction), exec]
  const results = await sendTogether(instance, all)
  const [error, replies] = results.at(-1) ?? [new Error('no reply to EXEC')]
  if (error) throw withReason(error, results)
  if (replies === null) return null
  return (replies as unknown[]).map(reply => (reply instanceof Error ? [reply] : [null, reply]))
}

/** EXECABORT only says that a command was refused; the refusal stands at the command. */
function withReason(error: Error, results: readonly RawResult[]): Error {
  const refusal = results.find(([refused]) => refused && refused !== error)?.[0]
  if (refusal && error.message.startsWith('EXECABORT'))
    error.message = `EXECABORT ${refusal.message}`
  return error
}

function inTransaction(command: SentCommand): SentCommand {
  command.inTransaction = true
  return command
}

/** What ioredis' pipeline does with commands made by hand; its types show only the chainable methods. */
interface RawPipeline {
  sendCommand(command: SentCommand): unknown
  exec(): Promise<RawResult[] | null>
}
