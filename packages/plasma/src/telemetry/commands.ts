import { channel } from 'node:diagnostics_channel'
import { tickTime } from '../connection/clock.js'
import { RedisError } from '../errors.js'
import type { ConnectionEvents } from './events.js'
import { type ConnectionStats, Histogram } from './stats.js'

/** One command that was answered or failed. */
export interface CommandEvent {
  connection: string
  /** In lower case; a batch reports each of its commands. */
  command: string
  /** As they were sent, secrets replaced by `***`. */
  args: readonly (string | Uint8Array)[]
  /** From call to reply; that of the whole batch for a command in one. */
  durationMs: number
  error?: Error
}

export type CommandListener = (event: CommandEvent) => void

/** Which commands a listener hears; without options all. */
export interface ListenOptions {
  /** Only those that took at least this long, in milliseconds; those that wait for data (BLPOP, XREAD BLOCK, …) are not slow. */
  slowerThan?: number
  /** Only those that failed. */
  failed?: boolean
}

/** The diagnostics channel of commands: the event without arguments, which may be personal. */
export const COMMAND_CHANNEL = 'gravito:redis:command'

/** A command as it went out. */
export interface Sent {
  name: string
  args: readonly unknown[]
  /** `tickTime()` of its call. */
  started: number
  /** Does it wait for data on purpose? */
  waits?: boolean
}

const commandChannel = channel(COMMAND_CHANNEL)

/** Counts what a connection's commands did, and tells whoever listens; costs little when nobody does. */
export class CommandObserver {
  readonly #connection: string
  readonly #events: ConnectionEvents
  readonly #latency = new Histogram()
  #commands = 0
  #errors = 0
  #timeouts = 0

  constructor(connection: string, events: ConnectionEvents) {
    this.#connection = connection
    this.#events = events
  }

  /** A command was answered, or failed. */
  done(command: Sent, error?: Error): void {
    const durationMs = tickTime() - command.started
    if (!command.waits) this.#latency.record(durationMs)
    this.#count(command, durationMs, error)
  }

  /** The commands of a batch were answered, or failed; `started` is a `tickTime()`. */
  doneTogether(started: number, batch: readonly Sent[], errors: readonly (Error | null)[]): void {
    const durationMs = tickTime() - started
    this.#latency.record(durationMs)
    for (const [i, command] of batch.entries()) this.#count(command, durationMs, errors[i])
  }

  stats(reconnects: number, queued: number): ConnectionStats {
    return {
      commands: this.#commands,
      errors: this.#errors,
      timeouts: this.#timeouts,
      reconnects,
      queued,
      latencyMs: this.#latency.summary(),
    }
  }

  #count(command: Sent, durationMs: number, error: Error | null | undefined): void {
    this.#commands++
    if (error) {
      this.#errors++
      if (error instanceof RedisError && error.code === 'COMMAND_TIMEOUT') this.#timeouts++
    }
    if (this.#events.listened || commandChannel.hasSubscribers)
      this.#tell(command, durationMs, error)
  }

  #tell(
    { name, args, waits = false }: Sent,
    durationMs: number,
    error: Error | null | undefined,
  ): void {
    const event: CommandEvent = {
      connection: this.#connection,
      command: name,
      args: withoutSecrets(name, args),
      durationMs,
      ...(error ? { error } : {}),
    }
    this.#events.command(event, waits)
    if (!commandChannel.hasSubscribers) return
    const { args: _, ...redacted } = event
    commandChannel.publish(redacted)
  }
}

const SECRET = /^(auth|hello|acl|migrate)$/
const SECRET_SETTING = /pass|auth|key/i

/** Log-ins, ACL rules and settings that hold passwords. */
function withoutSecrets(name: string, args: readonly unknown[]): (string | Uint8Array)[] {
  const shown = args as readonly (string | Uint8Array)[]
  const isSetting = name === 'config' && String(args[0]).toUpperCase() === 'SET'
  if (SECRET.test(name)) return shown.map((arg, i) => (i === 0 && name === 'acl' ? arg : '***'))
  if (!isSetting) return [...shown]
  return shown.map((arg, i) =>
    i > 1 && i % 2 === 0 && SECRET_SETTING.test(String(shown[i - 1])) ? '***' : arg,
  )
}
