import {
  type Argument,
  choice,
  encodeOptions,
  flag,
  isOptions,
  type Key,
  NO_KEYS,
  type Value,
} from './arguments.js'
import { ok, type Text, text, texts } from './replies.js'
import { entriesOf, type RawMap, shaped } from './reports.js'
import { type FlushMode, flushMode, scriptArguments } from './scripting.js'
import { type Mode, Sender } from './sender.js'

/** A library of functions. */
export interface FunctionLibrary {
  name: Text
  engine: Text
  functions: { name: Text; description: Text | null; flags: Text[] }[]
  /** Only with `withCode`. */
  code?: Text
}

/** Which function runs, and how much there is of each engine. */
export interface FunctionStats {
  running: { name: Text; command: Text[]; durationMs: number } | null
  engines: Record<string, { libraries: number; functions: number }>
}

/** `library` is a glob, `withCode` adds the text of each library. */
export type FunctionListOptions = { library?: string; withCode?: boolean }

const LIST = {
  library: (value: string): Argument[] => ['LIBRARYNAME', value],
  withCode: flag,
}

/** Functions that the server keeps (Redis 7). */
export abstract class Functions<M extends Mode> extends Sender<M> {
  /** Call a function; the first `numberOfKeys` of the rest are keys. */
  fcall<Reply = unknown>(name: string, numberOfKeys: number, ...keysAndArgs: (Key | Value)[]) {
    return this.send<Reply>('fcall', ...scriptArguments(name, numberOfKeys, keysAndArgs))
  }

  /** Like `fcall` for a function that only reads, so that a replica may serve it. */
  fcallRo<Reply = unknown>(name: string, numberOfKeys: number, ...keysAndArgs: (Key | Value)[]) {
    return this.send<Reply>('fcall_ro', ...scriptArguments(name, numberOfKeys, keysAndArgs))
  }

  /**
   * Add a library; resolves with its name. `replace` overwrites one of the same name.
   *
   * @example
   * await redis.functionLoad(`#!lua name=shop
   *   redis.register_function('total', function(keys) return redis.call('LLEN', keys[1]) end)`)
   */
  functionLoad(code: string, options: { replace?: boolean } = {}) {
    const args = ['LOAD', ...encodeOptions(options, { replace: flag }), code]
    return this.send('function', args, NO_KEYS, text)
  }

  /** The libraries that the server keeps. */
  functionList(options: FunctionListOptions = {}) {
    const args = ['LIST', ...encodeOptions(options, LIST)]
    return this.send('function', args, NO_KEYS, (raw: RawMap[]) => raw.map(library))
  }

  /** Delete a library. */
  functionDelete(library: string) {
    return this.send<'OK'>('function', ['DELETE', library], NO_KEYS, ok)
  }

  /** Delete all libraries. */
  functionFlush(mode?: FlushMode) {
    return this.send<'OK'>('function', ['FLUSH', ...flushMode(mode)], NO_KEYS, ok)
  }

  /** All libraries in Redis' own format, for `functionRestore`; always bytes. */
  functionDump() {
    return this.send<Buffer>('function', ['DUMP'], NO_KEYS)
  }

  /** Add the libraries of a dump; `append` (the default) refuses names that exist, `flush` deletes the others first. */
  functionRestore(dump: Uint8Array, policy?: 'append' | 'replace' | 'flush') {
    const rest =
      policy === undefined ? [] : [choice('policy', policy, 'APPEND', 'REPLACE', 'FLUSH')]
    return this.send<'OK'>('function', ['RESTORE', dump, ...rest], NO_KEYS, ok)
  }

  /** Which function runs, and how much there is of each engine; answered also while one runs. */
  functionStats() {
    return this.send('function', ['STATS'], NO_KEYS, stats)
  }

  /** End the function that is running, if it has written nothing; `NOTBUSY` when there is none. */
  functionKill() {
    return this.send<'OK'>('function', ['KILL'], NO_KEYS, ok)
  }

  /** A subcommand of FUNCTION in its positional form: `function('LOAD', 'REPLACE', code)`. */
  function<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('function', [subcommand, ...args], NO_KEYS)
  }
}

function library(raw: RawMap): FunctionLibrary {
  const { libraryName, engine, functions, libraryCode } = shaped(raw)
  return {
    name: text(libraryName),
    engine: text(engine),
    functions: (functions as RawMap[]).map(it => {
      const { name, description, flags } = shaped(it)
      return {
        name: text(name),
        description: description == null ? null : text(description),
        flags: texts(flags as unknown[]),
      }
    }),
    ...(libraryCode === undefined ? {} : { code: text(libraryCode) }),
  }
}

function stats(raw: RawMap): FunctionStats {
  const { runningScript, engines } = shaped(raw)
  return {
    running: isMap(runningScript) ? running(runningScript) : null,
    engines: Object.fromEntries(
      entriesOf<RawMap>(engines as RawMap).map(([engine, it]) => {
        const { librariesCount, functionsCount } = shaped(it)
        return [engine, { libraries: Number(librariesCount), functions: Number(functionsCount) }]
      }),
    ),
  }
}

function running(raw: RawMap): FunctionStats['running'] {
  const { name, command, durationMs } = shaped(raw)
  return {
    name: text(name),
    command: texts(command as unknown[]),
    durationMs: Number(durationMs),
  }
}

const isMap = (raw: unknown): raw is RawMap => Array.isArray(raw) || isOptions(raw)
