import {
  type Argument,
  choice,
  encodeOptions,
  flag,
  Invalid,
  NO_KEYS,
  notNegative,
  wholeNumber,
} from './arguments.js'
import { ok, type Text, text, texts } from './replies.js'
import { type Mode, Sender } from './sender.js'

/** What a server is: a master and who follows it, a replica and whom it follows, or a Sentinel. */
export type Role =
  | {
      role: 'master'
      offset: number
      replicas: { host: Text; port: number; offset: number }[]
    }
  | {
      role: 'slave'
      host: Text
      port: number
      state: 'none' | 'connect' | 'connecting' | 'handshake' | 'sync' | 'connected' | 'unknown'
      offset: number
    }
  | { role: 'sentinel'; masters: Text[] }

/** `save` or not before it ends, not even waiting for replicas (`now`), whatever goes wrong (`force`). */
export type ShutdownOptions = { save?: boolean; now?: boolean; force?: boolean }

/** To which replica, at once or when it has everything; `timeout` in milliseconds. */
export type FailoverOptions = {
  to?: { host: string; port: number; force?: boolean }
  timeout?: number
}

const FAILOVER = {
  to: ({ host, port, force }: { host: string; port: number; force?: boolean }): Argument[] => [
    'TO',
    host,
    wholeNumber('to.port', port, 1),
    ...(force ? ['FORCE'] : []),
  ],
  timeout: notNegative,
}
const SHUTDOWN = {
  save: (value: unknown): Argument[] => [
    value === true ? 'SAVE' : new Invalid('save', 'must be true or false'),
  ],
  now: flag,
  force: flag,
}

/** Data on disk, and on other servers. */
export abstract class Replication<M extends Mode> extends Sender<M> {
  /** Write the data to disk in the background; with `schedule` after a rewrite that is on its way. */
  bgsave(options: { schedule?: boolean } = {}) {
    return this.send('bgsave', encodeOptions(options, { schedule: flag }), NO_KEYS, text)
  }

  /** Write the append-only file anew in the background. */
  bgrewriteaof() {
    return this.send('bgrewriteaof', [], NO_KEYS, text)
  }

  /** Write the data to disk. Nobody is served meanwhile: prefer `bgsave`. */
  save() {
    return this.send<'OK'>('save', [], NO_KEYS, ok)
  }

  /** Unix time in seconds of the last successful save. */
  lastsave() {
    return this.send<number>('lastsave', [], NO_KEYS)
  }

  /** Whether this server is a master or a replica, and of whom. */
  role() {
    return this.send('role', [], NO_KEYS, role)
  }

  /** Follow another server, losing the own data; `replicaof('NO', 'ONE')` makes it a master again. */
  replicaof(host: string, port: number | 'ONE') {
    return this.send<'OK'>('replicaof', masterArguments(host, port), NO_KEYS, ok)
  }

  /** Like `replicaof`, by its old name. */
  slaveof(host: string, port: number | 'ONE') {
    return this.send<'OK'>('slaveof', masterArguments(host, port), NO_KEYS, ok)
  }

  /** Change places with a replica, this one first waiting until that one has everything. */
  failover(options: FailoverOptions = {}) {
    return this.send<'OK'>('failover', encodeOptions(options, FAILOVER), NO_KEYS, ok)
  }

  /** Stop a failover that is on its way. */
  failoverAbort() {
    return this.send<'OK'>('failover', ['ABORT'], NO_KEYS, ok)
  }

  /**
   * End the server, which then cannot reply: rejects with `ReplyLostError` when it is gone, or with the reason why it
   * stays. `save: false` loses what is not on disk.
   */
  shutdown(options: ShutdownOptions = {}) {
    const { save, ...rest } = options
    const args =
      save === false
        ? ['NOSAVE', ...encodeOptions(rest, SHUTDOWN)]
        : encodeOptions(options, SHUTDOWN)
    return this.send<never>('shutdown', args, NO_KEYS)
  }

  /** Stop a shutdown that waits for replicas (Redis 7). */
  shutdownAbort() {
    return this.send<'OK'>('shutdown', ['ABORT'], NO_KEYS, ok)
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

  /**
   * Like `wait` for the append-only files: of this server (`local` 1) and of `replicas`; resolves with how many have
   * it on disk. Redis 7.2.
   */
  waitaof(local: 0 | 1, replicas: number, timeoutMs: number) {
    return this.send(
      'waitaof',
      [
        wholeNumber('local', local, 0),
        wholeNumber('replicas', replicas, 0),
        wholeNumber('timeoutMs', timeoutMs, 0),
      ],
      NO_KEYS,
      ([local, replicas]: [number, number]) => ({ local, replicas }),
    )
  }
}

const masterArguments = (host: string, port: number | 'ONE'): Argument[] => [
  host,
  String(host).toUpperCase() === 'NO' ? choice('port', port, 'ONE') : wholeNumber('port', port, 1),
]

type RawRole = [role: string, ...rest: never[]]

function role([name, ...rest]: RawRole): Role {
  const [first, second, third, fourth] = rest as unknown[]
  switch (text(name)) {
    case 'master':
      return {
        role: 'master',
        offset: Number(first),
        replicas: (second as [string, string, string][]).map(([host, port, offset]) => ({
          host: text(host),
          port: Number(port),
          offset: Number(offset),
        })),
      }
    case 'sentinel':
      return { role: 'sentinel', masters: texts(first as unknown[]) }
    default:
      return {
        role: 'slave',
        host: text(first),
        port: Number(second),
        state: text(third) as 'connected',
        offset: Number(fourth),
      }
  }
}
