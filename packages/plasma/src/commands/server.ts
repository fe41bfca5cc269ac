import { list, NO_KEYS, pairs, type Value, wholeNumber } from './arguments.js'
import { ok, record, text } from './replies.js'
import { lineRecord } from './reports.js'
import { type FlushMode, flushMode } from './scripting.js'
import { type Mode, Sender } from './sender.js'

/** The server's clock. */
export interface ServerTime {
  seconds: number
  microseconds: number
}

export abstract class Server<M extends Mode> extends Sender<M> {
  /** `'PONG'`, or `message` when one is given. */
  ping(message?: string) {
    return this.send<string>('ping', message === undefined ? [] : [message], NO_KEYS)
  }

  /** Give `message` back. */
  echo(message: Value) {
    return this.send<string>('echo', [message], NO_KEYS)
  }

  /** The server's clock. */
  time() {
    return this.send(
      'time',
      [],
      NO_KEYS,
      ([seconds, microseconds]: [string, string]): ServerTime => ({
        seconds: Number(seconds),
        microseconds: Number(microseconds),
      }),
    )
  }

  /** How many keys the database has, those of other prefixes too. */
  dbsize() {
    return this.send<number>('dbsize', [], NO_KEYS)
  }

  /** The server's own report, one `name:value` a line; sections narrow it down. */
  info(...sections: string[]) {
    return this.send<string>('info', sections, NO_KEYS)
  }

  /**
   * The server's own report as an object with the names that Redis gives; sections narrow it down.
   *
   * @example
   * const { used_memory } = await redis.infoOf('memory')
   */
  infoOf(...sections: string[]) {
    return this.send('info', sections, NO_KEYS, lineRecord)
  }

  /** Delete every key of the database, those of other prefixes too. */
  flushdb(mode?: FlushMode) {
    return this.send<'OK'>('flushdb', flushMode(mode), NO_KEYS, ok)
  }

  /** Delete every key of every database. */
  flushall(mode?: FlushMode) {
    return this.send<'OK'>('flushall', flushMode(mode), NO_KEYS, ok)
  }

  /** Swap two databases. */
  swapdb(first: number, second: number) {
    return this.send<'OK'>(
      'swapdb',
      [wholeNumber('first', first, 0), wholeNumber('second', second, 0)],
      NO_KEYS,
      ok,
    )
  }

  /** Read server settings that match the globs. */
  configGet(...globs: (string | readonly string[])[]) {
    return this.send('config', ['GET', ...list('globs', globs)], NO_KEYS, record)
  }

  /** Change server settings until it restarts. */
  configSet(settings: Readonly<Record<string, Value>>) {
    return this.send<'OK'>('config', ['SET', ...pairs('settings', [settings])], NO_KEYS, ok)
  }

  /** Write the settings into the server's configuration file. */
  configRewrite() {
    return this.send<'OK'>('config', ['REWRITE'], NO_KEYS, ok)
  }

  /** Begin the counts of INFO anew. */
  configResetStat() {
    return this.send<'OK'>('config', ['RESETSTAT'], NO_KEYS, ok)
  }

  /** A subcommand of CONFIG in its positional form: `config('GET', 'maxmemory')`. */
  config<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('config', [subcommand, ...args], NO_KEYS)
  }

  /** A subcommand of DEBUG, for tests of Redis itself; keys do not get the key prefix. */
  debug<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('debug', [subcommand, ...args], NO_KEYS)
  }

  /** A picture in letters, and the server's version. */
  lolwut(version?: number, ...args: number[]) {
    const words =
      version === undefined
        ? []
        : ['VERSION', ...[version, ...args].map(it => wholeNumber('version', it, 0))]
    return this.send('lolwut', words, NO_KEYS, text)
  }
}
