import type { Batch, CommandBuilder, Replies } from './batches/batch.js'
import { executeAll } from './batches/pipeline.js'
import type { Argument, Key, Keys, Value } from './commands/arguments.js'
import { Commands } from './commands/index.js'
import type { Decode, Mode, Returns } from './commands/sender.js'
import type { Dispatcher, Manner } from './dispatcher.js'
import { runScript, type Script } from './scripting/script.js'

/** A reply whose texts are bytes: `string` becomes `Buffer`, words that Redis itself says (`'OK'`) stay. */
export type Bytes<Reply> = Reply extends string
  ? string extends Reply
    ? Buffer
    : Reply
  : Reply extends number | bigint | boolean | null | undefined | Uint8Array
    ? Reply
    : Reply extends readonly unknown[] | object
      ? { [Name in keyof Reply]: Bytes<Reply[Name]> }
      : Reply

/** Every command of a client answers with a promise. */
export interface Sending extends Mode {
  returns: Promise<this['reply']>
}

/** Every command answers with a promise of bytes. */
export interface SendingBytes extends Mode {
  returns: Promise<Bytes<this['reply']>>
}

/** The commands of a client, sent in another manner: with a signal, from replicas, as bytes, … */
export class View<M extends Mode = Sending> extends Commands<M> {
  readonly #dispatcher: Dispatcher
  readonly #manner: Manner

  constructor(dispatcher: Dispatcher, manner: Manner) {
    super()
    this.#dispatcher = dispatcher
    this.#manner = manner
  }

  override send<Reply = unknown>(
    name: string,
    args: Argument[],
    keys: Keys,
    decode?: Decode<Reply>,
  ): Returns<M, Reply> {
    return this.#dispatcher.send({ name, args, keys }, decode, this.#manner) as Returns<M, Reply>
  }

  /** Run a script made by `defineScript`. */
  run<K extends readonly Key[], A extends readonly Value[], Reply>(
    script: Script<K, A, Reply>,
    keys: K,
    args: A,
  ): Returns<M, Reply> {
    return runScript(this.#dispatcher, script, keys, args, this.#manner) as Returns<M, Reply>
  }

  /** A list of commands sent together, in the manner of this view. */
  async pipeline<const B extends Batch>(
    build: (commands: CommandBuilder) => B,
  ): Promise<BatchReplies<M, B>> {
    const replies = await executeAll(this.#dispatcher, 'pipeline', build, this.#manner)
    return replies as BatchReplies<M, B>
  }

  /** Like `pipeline`, all or nothing (MULTI, EXEC). */
  async multi<const B extends Batch>(
    build: (commands: CommandBuilder) => B,
  ): Promise<BatchReplies<M, B>> {
    const replies = await executeAll(this.#dispatcher, 'multi', build, this.#manner)
    return replies as BatchReplies<M, B>
  }
}

/** The replies to a batch as the mode gives them. */
export type BatchReplies<M extends Mode, B extends Batch> = Awaited<Returns<M, Replies<B>>>
