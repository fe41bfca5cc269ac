import { ReplyError } from '@gravito/plasma'
import { CommandError, Keyspace } from './commands/data.js'
import { execute, type Reply } from './commands/index.js'
import { Scripts } from './scripts.js'

type Listener = (message: string, channel: string) => void

/**
 * Stands in for Redis in tests: keys, expiry, messages and the very scripts of the locks, in this process. Its clock is
 * `performance.now()`, so that fake timers move it too. Several `createMemoryLocks` over one server are like several
 * processes.
 */
export class MemoryServer {
  readonly #epoch = Date.now() - performance.now()
  readonly #keys = new Keyspace(() => this.#now)
  readonly #channels = new Map<string, Set<Listener>>()
  readonly #scripts = new Scripts(this.#keys, (channel, message) => this.#publish(channel, message))
  #failure: Error | undefined
  #now = 0

  /** Lose all data, as a Redis does that restarts empty. */
  flush(): void {
    this.#keys.clear()
  }

  /** Reject every command with this error, as when Redis is away, until `recover`. */
  fail(error: Error): void {
    this.#failure = error
  }

  recover(): void {
    this.#failure = undefined
  }

  /** The keys that there are, for tests that nothing is left. */
  keys(): string[] {
    this.#tick()
    return this.#keys.keys().map(decoded)
  }

  async run(lua: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#answer('evalsha', () =>
      this.#scripts.run(lua, keys.map(encoded), args.map(encoded)),
    )
  }

  async command(name: string, args: readonly string[]): Promise<unknown> {
    return this.#answer(name, () => execute(this.#keys, name, args.map(encoded)))
  }

  /** Hear a channel; the result stops that. */
  async subscribe(channel: string, listener: Listener): Promise<() => void> {
    if (this.#failure) throw this.#failure
    const listeners = this.#channels.get(channel) ?? new Set()
    this.#channels.set(channel, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#channels.delete(channel)
    }
  }

  /** Resolves with how many hear it. */
  async publish(channel: string, message: string): Promise<number> {
    if (this.#failure) throw this.#failure
    return this.#publish(encoded(channel), encoded(message))
  }

  async #answer(command: string, execution: () => Reply): Promise<unknown> {
    await undefined
    if (this.#failure) throw this.#failure
    this.#tick()
    try {
      return plain(execution())
    } catch (error) {
      throw error instanceof CommandError ? new ReplyError(error.message, 'memory', command) : error
    }
  }

  #publish(channel: string, message: string): number {
    const listeners = this.#channels.get(decoded(channel))
    if (!listeners) return 0
    for (const listener of listeners) {
      queueMicrotask(() => listener(decoded(message), decoded(channel)))
    }
    return listeners.size
  }

  #tick(): void {
    this.#now = this.#epoch + performance.now()
  }
}

const encoded = (text: string) => Buffer.from(text).toString('latin1')
const decoded = (bytes: string) => Buffer.from(bytes, 'latin1').toString()

function plain(reply: Reply): unknown {
  if (typeof reply === 'string') return decoded(reply)
  if (Array.isArray(reply)) return reply.map(plain)
  return typeof reply === 'object' && reply !== null ? decoded(reply.ok) : reply
}
