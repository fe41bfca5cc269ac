import type { Argument, Keys } from './arguments.js'

/**
 * What a command method gives back, as a function from the reply's type: a client says `Promise<reply>`, a
 * pipeline "itself, remembering one more reply". TypeScript has no functions on types, so a mode is an
 * interface whose `returns` mentions `this['reply']`.
 */
export interface Mode {
  reply: unknown
  returns: unknown
}

/** What a method with this reply gives back in mode `M`. */
export type Returns<M extends Mode, Reply> = (M & { reply: Reply })['returns']

/** Turns the raw reply into the promised shape; left out where Redis already answers in that shape. */
export type Decode<Reply> = (raw: never, keyPrefix: string) => Reply

/** The one door to Redis: every command method ends in `send`. */
export abstract class Sender<M extends Mode> {
  /**
   * Send one command.
   *
   * @param name the command in lower case
   * @param args its arguments; an invalid one refuses the whole command before anything is sent
   * @param keys which arguments are keys: they get the key prefix and decide the Cluster slot
   */
  abstract send<Reply = unknown>(
    name: string,
    args: Argument[],
    keys: Keys,
    decode?: Decode<Reply>,
  ): Returns<M, Reply>
}
