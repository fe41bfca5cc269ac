import type { SentCommand } from './command.js'
import type { Connection } from './connection.js'
import { type Limits, onAbort } from './limits.js'

const IDLE_MS = 10_000
const INTERRUPT_MS = 1_000
const AGAIN_MS = 20

/** Ends the wait of the connection with this number of the server, as if nothing had arrived. */
export type Unblock = (id: number) => Promise<boolean>

/**
 * Connections that one caller at a time has to himself: for commands that wait, and for transactions that watch.
 * Opened when none is free, closed after 10 s without use.
 */
export class ConnectionPool {
  readonly #open: () => Connection
  readonly #unblock: Unblock
  readonly #idle: Connection[] = []
  readonly #busy = new Set<Connection>()
  readonly #waiting = new Map<Connection, SentCommand>()
  #timer: NodeJS.Timeout | undefined

  constructor(open: () => Connection, unblock: Unblock) {
    this.#open = open
    this.#unblock = unblock
  }

  /** Send a command that waits for data; nothing that arrived is lost when its caller gives up. */
  async sendWaiting(command: SentCommand, { signal }: Limits): Promise<unknown> {
    const connection = this.#take()
    this.#waiting.set(connection, command)
    let given = false
    const abort = () => {
      given = true
      this.#interrupt(connection, command)
    }
    const unlisten = signal && onAbort(signal, abort)
    try {
      if (signal?.aborted) throw signal.reason
      const reply = await connection.send(command, { commandTimeout: 0 })
      if (given && reply === null) throw signal?.reason
      return reply
    } catch (error) {
      throw given ? signal?.reason : error
    } finally {
      unlisten?.()
      this.#waiting.delete(connection)
      this.#give(connection)
    }
  }

  /** Have a connection while `work` runs. */
  async use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const connection = this.#take()
    try {
      return await work(connection)
    } finally {
      this.#give(connection)
    }
  }

  /** End what waits, let the rest finish for at most `timeoutMs`, and close all. */
  async close(timeoutMs: number): Promise<void> {
    clearTimeout(this.#timer)
    const idle = this.#idle.splice(0)
    const busy = [...this.#busy]
    this.#busy.clear()
    const deadline = performance.now() + timeoutMs
    await Promise.all(
      [...idle, ...busy].map(async connection => {
        const command = this.#waiting.get(connection)
        if (command) await this.#end(connection, command, Math.min(timeoutMs, INTERRUPT_MS))
        await connection.disconnect(Math.max(0, deadline - performance.now()))
      }),
    )
  }

  #take(): Connection {
    let connection = this.#idle.pop()
    while (connection && connection.status !== 'ready') {
      connection.disconnect(0)
      connection = this.#idle.pop()
    }
    connection ??= this.#open()
    this.#busy.add(connection)
    return connection
  }

  #give(connection: Connection): void {
    if (!this.#busy.delete(connection)) return
    if (connection.status !== 'ready') {
      connection.disconnect(0)
      return
    }
    this.#idle.push(connection)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      for (const idle of this.#idle.splice(0)) idle.disconnect()
    }, IDLE_MS)
    this.#timer.unref()
  }

  /** Give a wait up; without CLIENT UNBLOCK, hang up. */
  async #interrupt(connection: Connection, command: SentCommand): Promise<void> {
    if (await this.#end(connection, command, INTERRUPT_MS)) return
    command.reject(new Error('interrupted'))
    connection.disconnect(0)
  }

  /**
   * CLIENT UNBLOCK makes the server answer: with nothing, or with what arrived meanwhile. Asked until it has, for
   * the command may still be on its way there; false when it does not within `timeoutMs`, or cannot be asked.
   */
  async #end(connection: Connection, command: SentCommand, timeoutMs: number): Promise<boolean> {
    let isOver = false
    const over = new Promise<undefined>(resolve => {
      const end = () => {
        isOver = true
        clearTimeout(timer)
        resolve(undefined)
      }
      const timer = setTimeout(end, timeoutMs)
      command.onSettled(end)
    })
    const id = connection.status === 'ready' && (await Promise.race([connection.id, over]))
    while (typeof id === 'number' && !isOver) {
      await Promise.race([over, this.#unblock(id).catch(() => false)])
      await Promise.race([over, new Promise(resolve => setTimeout(resolve, AGAIN_MS).unref())])
    }
    return command.isSettled
  }
}
