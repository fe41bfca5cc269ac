import {
  type Argument,
  choice,
  Invalid,
  type Key,
  keysFrom,
  list,
  NO_KEYS,
  type Value,
  wholeNumber,
} from './arguments.js'
import { ok, text } from './replies.js'
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

  /** Let the server know a script; resolves with the SHA-1 of its text, for `evalsha`. */
  scriptLoad(lua: string) {
    return this.send('script', ['LOAD', lua], NO_KEYS, text)
  }

  /** For each SHA-1 whether the server knows that script. */
  scriptExists(...sha1s: (string | readonly string[])[]) {
    return this.send(
      'script',
      ['EXISTS', ...list('sha1s', sha1s)],
      NO_KEYS,
      (raw: (number | boolean)[]) => raw.map(known => Number(known) === 1),
    )
  }

  /** Let the server forget all scripts. */
  scriptFlush(mode?: FlushMode) {
    return this.send<'OK'>('script', ['FLUSH', ...flushMode(mode)], NO_KEYS, ok)
  }

  /** End the script that is running, if it has written nothing; `NOTBUSY` when there is none. */
  scriptKill() {
    return this.send<'OK'>('script', ['KILL'], NO_KEYS, ok)
  }

  /** Step through the scripts of this connection in Redis' own debugger: only for a debugger's own connection. */
  scriptDebug(mode: 'yes' | 'sync' | 'no') {
    return this.send<'OK'>(
      'script',
      ['DEBUG', choice('mode', mode, 'YES', 'SYNC', 'NO')],
      NO_KEYS,
      ok,
    )
  }

  /** A subcommand of SCRIPT: `script('LOAD', lua)`, `script('EXISTS', sha1)`, `script('FLUSH')`. */
  script<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('script', [subcommand, ...args], NO_KEYS)
  }
}

/** Free the memory in the background or before the reply. */
export type FlushMode = 'async' | 'sync' | 'ASYNC' | 'SYNC'

export const flushMode = (mode: FlushMode | undefined): Argument[] =>
  mode === undefined ? [] : [choice('mode', mode, 'ASYNC', 'SYNC')]

/** A script or the name of a function, how many keys follow, and what follows. */
export function scriptArguments(script: string, numberOfKeys: number, rest: readonly Value[]) {
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
