import type { LockKeys } from '../redis/keys.js'
import type { LockStore } from '../redis/store.js'
import type { Waiter } from './waiter.js'

interface Channel {
  users: number
  listening: Promise<() => Promise<void>>
  closing: NodeJS.Timeout | undefined
  /** Set while it is not certain that messages arrive; called when one does. */
  heard: (() => void) | undefined
}

/** The next waiter comes soon, mostly. */
const LINGER_MS = 1_000
const REMEMBERED = 1_000
/** How often, and for how long, a channel is tried after a connection was lost. */
const PROBE_MS = 50
const PROBES = 100
const PROBE = '?'

/** Grants arrive here: one channel per client, in a Cluster one per client and lock, open while somebody waits. */
export class Grants {
  readonly #store: LockStore
  readonly #channels = new Map<string, Channel>()
  readonly #waiters = new Map<string, Waiter>()
  /** Tickets whose cancellation Redis has not confirmed. */
  readonly #left = new Map<string, LockKeys>()

  /** Told of the ticket of this client for whose lock another process waits. */
  readonly #contended: (ticket: string) => void
  /** Told why nothing is heard any more: the client is closed. */
  readonly #over: (reason: Error) => void
  #stopWatching: (() => void) | undefined

  constructor(
    store: LockStore,
    contended: (ticket: string) => void,
    over: (reason: Error) => void,
  ) {
    this.#store = store
    this.#contended = contended
    this.#over = over
  }

  /** Resolves when messages on the channel arrive; every call needs one of `close`. */
  async open(channel: string): Promise<void> {
    const open = this.#channels.get(channel) ?? {
      users: 0,
      listening: this.#store.hear(channel, grant => this.#told(channel, grant)),
      closing: undefined,
      heard: undefined,
    }
    this.#channels.set(channel, open)
    open.users++
    clearTimeout(open.closing)
    try {
      await open.listening
      this.#stopWatching ??= this.#watch()
    } catch (error) {
      if (this.#channels.get(channel) === open) this.#channels.delete(channel)
      throw error
    }
  }

  close(channel: string): void {
    const open = this.#channels.get(channel)
    if (!open || --open.users > 0) return
    clearTimeout(open.closing)
    open.closing = setTimeout(() => {
      this.#channels.delete(channel)
      if (this.#channels.size === 0) {
        this.#stopWatching?.()
      }
      open.listening.then(stop => stop()).catch(() => undefined)
    }, LINGER_MS).unref()
  }

  #watch(): () => void {
    const stops = [
      this.#store.onReturn(() => this.#returned()),
      this.#store.onClose(reason => this.#closed(reason)),
    ]
    return () => {
      this.#stopWatching = undefined
      for (const stop of stops) stop()
    }
  }

  #closed(reason: Error): void {
    this.#stopWatching?.()
    for (const open of this.#channels.values()) clearTimeout(open.closing)
    this.#channels.clear()
    this.#over(reason)
  }

  expect(waiter: Waiter): void {
    this.#waiters.set(waiter.id, waiter)
  }

  /** The waiter has its lease, or has gone: then its ticket must go as well. */
  forget(waiter: Waiter, keys: LockKeys, isServed: boolean): void {
    waiter.hasLeft = true
    this.#waiters.delete(waiter.id)
    if (isServed || !waiter.pending) return
    if (this.#left.size < REMEMBERED) this.#left.set(waiter.id, keys)
    const cancel = () => this.#cancel(waiter.id, keys)
    waiter.pending.then(cancel, cancel)
  }

  /** Grants may have been missed: as soon as each channel is heard again, who waits asks. */
  #returned(): void {
    for (const [channel, open] of this.#channels) {
      if (open.heard) continue
      let probes = 0
      const probe = () => {
        if (++probes > PROBES || this.#channels.get(channel) !== open) stop()
        else this.#store.say(channel, PROBE).catch(() => undefined)
      }
      const timer = setInterval(probe, PROBE_MS).unref()
      const stop = () => {
        clearInterval(timer)
        open.heard = undefined
      }
      open.heard = () => {
        stop()
        for (const waiter of this.#waiters.values()) waiter.askAgain()
      }
      probe()
    }
  }

  #told(channel: string, grant: string): void {
    if (grant === PROBE) {
      this.#channels.get(channel)?.heard?.()
      return
    }
    if (grant.startsWith('!')) {
      this.#contended(grant.slice(1))
      return
    }
    const [ticket = '', token, nowUs, leaseMs] = grant.split('|')
    const waiter = this.#waiters.get(ticket)
    waiter?.grant(Number(token), Number(nowUs), Number(leaseMs))
    const keys = this.#left.get(ticket)
    if (keys) this.#cancel(ticket, keys)
  }

  #cancel(ticket: string, keys: LockKeys): void {
    this.#store.cancel(keys, ticket).then(
      () => this.#left.delete(ticket),
      () => undefined,
    )
  }
}
