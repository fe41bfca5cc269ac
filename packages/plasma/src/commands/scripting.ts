import {
  type Argument,
  Invalid,
  type Key,
  keysFrom,
  NO_KEYS,
  type Value,
  wholeNumber,
} from './arguments.js'
import { type Mode, Sender } from './sender.js'

export abstract class Scripting<M extends Mode> extends Sender<M> {
  /**
   * Run Lua; the first `numberOfKeys` of the rest are keys. For scripts that you keep, `defineScript` and `run`
   * send the text once.
   */
  eval<Reply = unknown>(lua: string, numberOfKeys: number, ...keysAndArgs: (Key | Value)[]) {
    return this.send<Reply>('eval', ...scriptArguments(lua, numberOfKeys, keysAndArgs))
  }

  /** Run a script that the server knows, by the SHA-1 of its text. */
  evalsha<Reply = unknown>(sha1: string, numberOfKeys: number, ...keysAndArgs: (Key | Value)[]) {
    return this.send<Reply>('evalsha', ...scriptArguments(sha1, numberOfKeys, keysAndArgs))
  }

  /** Like `eval` for a script that only reads, so that a replica may serve it. */
  evalRo<Reply = unknown>(lua: string, numberOfKeys: number, ...keysAndArgs: (Key | Value)[]) {
    return this.send<Reply>('eval_ro', ...scriptArguments(lua, numberOfKeys, keysAndArgs))
  }

  /** Like `evalsha` for a script that only reads. */
  evalshaRo<Reply = unknown>(sha1: string, numberOfKeys: number, ...keysAndArgs: (Key | Value)[]) {
    return this.send<Reply>('evalsha_ro', ...scriptArguments(sha1, numberOfKeys, keysAndArgs))
  }

  /** A subcommand of SCRIPT: `script('LOAD', lua)`, `script('EXISTS', sha1)`, `script('FLUSH')`. */
  script<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('script', [subcommand, ...args], NO_KEYS)
  }
}

function scriptArguments(script: string, numberOfKeys: number, rest: readonly Value[]) {
  const count = wholeNumber('numberOfKeys', numberOfKeys, 0)
  const enough = count instanceof Invalid || numberOfKeys <= rest.length
  const args: Argument[] = [
    script,
    enough
      ? count
      : new Invalid('numberOfKeys', `is ${numberOfKeys}, but only ${rest.length} follow`),
    ...rest,
  ]
  return [args, keysFrom(2, Number(numberOfKeys))] as const
}
