import type { Key, MessageHandler, Script, Subscription, Value } from '@gravito/plasma'
import type { LocksClient } from '../index.js'
import { MemoryServer } from './memory-server.js'

/** As much of a plasma client as locks use, over a memory server. */
class MemoryClient implements Record<keyof LocksClient, unknown> {
  readonly name = 'memory'
  readonly isCluster = false
  readonly status = 'ready'
  /** What the locks' own connection listens to: the end of the user's, which never comes. */
  readonly ioredis = { status: 'ready', on: nothing }
  readonly on = nothing
  readonly off = nothing
  readonly #server: MemoryServer

  constructor(server: MemoryServer) {
    this.#server = server
  }

  async run<Reply>(
    { lua, reply }: Script<readonly Key[], readonly Value[], Reply>,
    keys: readonly Key[],
    args: readonly Value[],
  ): Promise<Reply> {
    const raw = await this.#server.run(lua, keys.map(String), args.map(String))
    return reply ? reply(raw as never) : (raw as Reply)
  }

  async unlink(...keys: Key[]): Promise<number> {
    return (await this.#server.command('UNLINK', keys.map(String))) as number
  }

  async subscribe(
    channels: string | readonly string[],
    handler: MessageHandler,
  ): Promise<Subscription> {
    const stops = await Promise.all(
      [channels].flat().map(channel => this.#server.subscribe(channel, handler)),
    )
    return {
      unsubscribe: async () => {
        for (const stop of stops) stop()
      },
    }
  }

  readonly ssubscribe = this.subscribe

  async publish(channel: Key, message: Value): Promise<number> {
    return this.#server.publish(String(channel), String(message))
  }

  readonly spublish = this.publish

  with(): this {
    return this
  }

  duplicate(): this {
    return this
  }

  /** It has no replicas. */
  async wait(): Promise<number> {
    return 0
  }

  async disconnect(): Promise<void> {}
}

const nothing = () => undefined

/** For all that takes a client: `createLocks`, `quorum`, the storages, …; each is like a process of its own. */
export const memoryClient = (server = new MemoryServer()): LocksClient =>
  new MemoryClient(server) as unknown as LocksClient
