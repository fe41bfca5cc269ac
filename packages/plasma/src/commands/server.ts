import { NO_KEYS, type Value, wholeNumber } from './arguments.js'
import { ok, record } from './replies.js'
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

  /** The server's own report, one `name:value` a line; `section` narrows it down. */
  info(...sections: string[]) {
    return this.send<string>('info', sections, NO_KEYS)
  }

  /** Delete every key of the database, those of other prefixes too. */
  flushdb(mode?: 'async' | 'sync' | 'ASYNC' | 'SYNC') {
    return this.send<'OK'>('flushdb', mode ? [mode.toUpperCase()] : [], NO_KEYS, ok)
  }

  /** Delete every key of every database. */
  flushall(mode?: 'async' | 'sync' | 'ASYNC' | 'SYNC') {
    return this.send<'OK'>('flushall', mode ? [mode.toUpperCase()] : [], NO_KEYS, ok)
  }

  /** Read server settings that match the globs. */
  configGet(...globs: string[]) {
    return this.send('config', ['GET', ...globs], NO_KEYS, record)
  }

  /** Change server settings until it restarts. */
  configSet(settings: Record<string, Value>) {
    return this.send<'OK'>('config', ['SET', ...Object.entries(settings).flat()], NO_KEYS, ok)
  }

  /** A subcommand of CONFIG in its positional form: `config('GET', 'maxmemory')`. */
  config<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('config', [subcommand, ...args], NO_KEYS)
  }

  /** A subcommand of CLIENT: `client('ID')`, `client('LIST')`. */
  client<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('client', [subcommand, ...args], NO_KEYS)
  }

  /** Unix time in seconds of the last successful save. */
  lastsave() {
    return this.send<number>('lastsave', [], NO_KEYS)
  }

  /** Whether this server is a master or a replica, and of whom. */
  role() {
    return this.send<unknown[]>('role', [], NO_KEYS)
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

  /**
   * Wait until `replicas` have the connection's last write, at most `timeoutMs`; resolves with how many have. It
   * holds up the connection meanwhile; inside `transaction()` that is nobody else's.
   */
  wait(replicas: number, timeoutMs: number) {
    return this.send<number>(
      'wait',
      [wholeNumber('replicas', replicas, 0), wholeNumber('timeoutMs', timeoutMs, 0)],
      NO_KEYS,
    )
  }
}
