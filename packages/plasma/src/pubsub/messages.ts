import { onAbort } from '../connection/limits.js'
import { InvalidArgumentError, MessagesOverflowError } from '../errors.js'
import type { ChannelKind, Subscriber, Subscription } from './subscriber.js'

/** One message of a channel. */
export interface Message {
  channel: string
  message: string
  /** The pattern that matched, or the channel. */
  pattern: string
}

export interface MessagesOptions {
  /** What the names are: channels (the default), patterns, or sharded channels. */
  kind?: ChannelKind
  /** How many messages may wait for the reader, default 1 000. */
  maxBuffered?: number
  /** What happens beyond: the loop rejects (`error`, the default), or the oldest message is dropped. */
  overflow?: 'error' | 'drop-oldest'
  /** Ends the loop. */
  signal?: AbortSignal
}

/**
 * Messages as an async iterator; it subscribes at once and unsubscribes when the loop ends. It ends when its signal
 * aborts and when the client is disconnected.
 */
export class Messages implements AsyncIterableIterator<Message> {
  /** Resolves when Redis has confirmed the subscription. */
  readonly ready: Promise<void>
  readonly #name: string
  readonly #maxBuffered: number
  readonly #overflow: 'error' | 'drop-oldest'
  readonly #buffer: Message[] = []
  readonly #readers: {
    resolve(result: IteratorResult<Message>): void
    reject(error: unknown): void
  }[] = []
  readonly #subscription: Promise<Subscription>
  readonly #stopListening: () => void
  #dropped = 0
  #ended = false
  #error: unknown

  /** @internal */
  constructor(
    name: string,
    subscriber: Subscriber,
    names: string | readonly string[],
    { kind = 'channel', maxBuffered = 1_000, overflow = 'error', signal }: MessagesOptions,
  ) {
    if (!Number.isSafeInteger(maxBuffered) || maxBuffered < 1)
      throw new InvalidArgumentError(
        'maxBuffered',
        'must be a whole number of at least 1',
        'messages',
      )
    if (overflow !== 'error' && overflow !== 'drop-oldest')
      throw new InvalidArgumentError('overflow', "must be 'error' or 'drop-oldest'", 'messages')
    this.#name = name
    this.#maxBuffered = maxBuffered
    this.#overflow = overflow
    this.#subscription = subscriber.subscribe(kind, names, (message, channel, pattern) =>
      this.#receive({ channel, message, pattern }),
    )
    const end = () => this.#end()
    const stopClosing = subscriber.onClose(end)
    const unlisten = signal && onAbort(signal, end)
    this.#stopListening = () => {
      stopClosing()
      unlisten?.()
    }
    this.ready = this.#subscription.then(() => undefined)
    this.ready.catch(error => this.#end(error))
    if (signal?.aborted) end()
  }

  /** How many messages were dropped, with `overflow: 'drop-oldest'`. */
  get dropped(): number {
    return this.#dropped
  }

  next(): Promise<IteratorResult<Message>> {
    const value = this.#buffer.shift()
    if (value) return Promise.resolve({ value, done: false })
    if (this.#error !== undefined) {
      const error = this.#error
      this.#error = undefined
      return Promise.reject(error)
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true })
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }))
  }

  async return(): Promise<IteratorResult<Message>> {
    this.#buffer.length = 0
    this.#end()
    await this.#subscription.then(
      it => it.unsubscribe(),
      () => undefined,
    )
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #receive(message: Message): void {
    if (this.#ended) return
    const reader = this.#readers.shift()
    if (reader) reader.resolve({ value: message, done: false })
    else if (this.#buffer.length < this.#maxBuffered) this.#buffer.push(message)
    else this.#overflowWith(message)
  }

  #overflowWith(message: Message): void {
    if (this.#overflow === 'error') {
      this.#end(new MessagesOverflowError(this.#name, this.#maxBuffered))
      return
    }
    this.#buffer.shift()
    this.#buffer.push(message)
    this.#dropped++
  }

  #end(error?: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#stopListening()
    this.#subscription.then(
      it => it.unsubscribe(),
      () => undefined,
    )
    const [first, ...others] = this.#readers.splice(0)
    if (error === undefined) first?.resolve({ value: undefined, done: true })
    else if (first) first.reject(error)
    else this.#error = error
    for (const { resolve } of others) resolve({ value: undefined, done: true })
  }
}
