import type { Argument, Key, Keys, Value } from '../commands/arguments.js'
import { Commands } from '../commands/index.js'
import type { Decode, Mode } from '../commands/sender.js'
import type { Dispatcher, Manner } from '../dispatcher.js'
import type { Script } from '../scripting/script.js'
import { type Batch, built, type CommandBuilder, type Queued, queuedScript } from './batch.js'
import { type CommandQueue, MultiQueue, PipelineQueue, type Result } from './command-queue.js'

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
  #queue: CommandQueue

  constructor(dispatcher: Dispatcher, kind: BatchKind) {
    super()
    this.#dispatcher = dispatcher
    this.#kind = kind
    this.#queue = newQueue(dispatcher, kind)
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
    this.#queue = newQueue(this.#dispatcher, this.#kind)
    const results = await queue.execute()
    return (options.throwOnError ? results.map(replyOrThrow) : results) as never
  }

  #add<Reply>(queued: Queued<Reply>): Pipeline<[...Replies, Reply]> {
    this.#queue.add(queued)
    return this as unknown as Pipeline<[...Replies, Reply]>
  }
}

/** Send the commands that `build` makes; resolves with their replies and rejects with the first error. */
export async function executeAll(
  dispatcher: Dispatcher,
  kind: BatchKind,
  build: (commands: CommandBuilder) => Batch,
  manner: Manner = {},
): Promise<unknown[]> {
  const queue = newQueue(dispatcher, kind, manner)
  for (const queued of built(build, kind)) queue.add(queued)
  return (await queue.execute()).map(replyOrThrow)
}

const newQueue = (dispatcher: Dispatcher, kind: BatchKind, manner?: Manner): CommandQueue =>
  kind === 'multi' ? new MultiQueue(dispatcher, manner) : new PipelineQueue(dispatcher, manner)

const replyOrThrow = ([error, reply]: Result): unknown => {
  if (error) throw error
  return reply
}
