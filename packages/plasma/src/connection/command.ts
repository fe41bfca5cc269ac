import { Command } from 'ioredis'
import type { Decode } from '../commands/sender.js'
import type { Deadlines } from './deadlines.js'
import { byteLength, characters, FEW, headOf, lengthLine } from './encoding.js'
import { isRepeatable, waitsForData } from './repeatable.js'
import { isBinary, TRANSFORMS, toText, unmapped, withNumbers } from './shapes.js'
import { isTraced } from './tracing.js'

/** The connection ended after the command was written and before its reply came; see `isRepeatable`. */
export const REPLY_LOST = 'Reply lost'

/** What ioredis says of a command whose connection ended. */
const GONE =
  /^(Connection is closed|Command aborted due to connection close|Reached the max retries)/

/** Whom a command belongs to: hears that it is done, and explains its errors. */
export interface CommandOwner {
  succeeded(command: SentCommand): void
  /** The error that the caller sees. */
  failed(command: SentCommand, error: Error): unknown
}

/** Where the reply of a command in a batch goes, by its position. */
export interface ReplySink {
  succeeded(position: number, reply: unknown): void
  failed(position: number, error: Error): void
}

/** How a command is made, beyond its name and arguments. */
export interface CommandOptions {
  /** The reply keeps its bytes. */
  bytes?: boolean | undefined
  decode?: Decode<unknown> | undefined
  /** The code of an error that is no failure. */
  expected?: string | undefined
  owner?: CommandOwner | undefined
  signal?: AbortSignal | undefined
  /** ioredis makes texts of numbers (`stringNumbers`). */
  textNumbers?: boolean
  /** Part of a batch: no promise of its own. */
  sink?: ReplySink | undefined
  position?: number
}

type Arg = string | Buffer

const NO_OPTIONS: CommandOptions = {}

const NOTHING: Foreign = {}

/** What others want of a command; hardly any has it. */
interface Foreign {
  /** An instrumentation's own, in front of ours. */
  resolve?: (reply: unknown) => unknown
  /** Has our reader read the reply? */
  isRead?: boolean
  /** Do replies come in the shapes of RESP3, because the owner of a given instance wants them so? */
  isMapped?: boolean
}

/**
 * A command as ioredis carries it, made without ioredis' costly constructor: encoded once, its reply decoded
 * once, one promise. It knows whether it was written: if its connection ends then and a second execution could
 * differ, it fails instead of being sent again, on whichever node it was.
 */
export class SentCommand {
  readonly name: string
  readonly args: Arg[]
  promise: Promise<unknown> | undefined
  // What ioredis reads and writes.
  inTransaction = false
  isTraced = !isTraced()
  isResolved = false
  isSettled = false
  pipelineIndex: number | undefined = undefined
  protocol = 2
  replyMapping = 'legacy'
  replyEncoding: 'utf8' | undefined
  slot: number | null | undefined = undefined
  _commandTimeoutTimer: NodeJS.Timeout | undefined = undefined
  _blockingTimeoutTimer: NodeJS.Timeout | undefined = undefined
  // What plasma knows.
  /** Does it wait for data on purpose, so that no reply is no failure? */
  readonly waits: boolean
  /** Does the reply keep its bytes? */
  readonly bytes: boolean
  /** Handed to a socket at least once. */
  written = false
  /** `tickTime()` of the call. */
  started = 0
  /** Milliseconds for the reply, 0 for ever. */
  timeoutMs = 0
  /** What watches its time, and its neighbours there. */
  deadlines: Deadlines | undefined = undefined
  before: SentCommand | undefined = undefined
  after: SentCommand | undefined = undefined
  readonly #keys: readonly number[]
  readonly #keyPrefix: string
  readonly #options: CommandOptions
  #resolve: ((reply: unknown) => void) | undefined = undefined
  #reject: ((error: unknown) => void) | undefined = undefined
  #settled: (() => void) | undefined = undefined
  #settleWith: ((error: Error) => void) | undefined = undefined
  #foreign: Foreign | undefined = undefined

  constructor(
    name: string,
    args: Arg[] = [],
    keys: readonly number[] = [],
    keyPrefix = '',
    options = NO_OPTIONS,
  ) {
    this.name = name
    this.args = args
    this.#keys = keys
    this.#keyPrefix = keyPrefix
    this.#options = options
    this.waits = waitsForData(name, args)
    this.bytes = options.bytes === true || isBinary(name, args)
    this.replyEncoding = this.bytes ? undefined : 'utf8'
    if (options.sink === undefined) this.initPromise()
    else if (!this.isTraced) this.#promiseForTrace()
  }

  get signal(): AbortSignal | undefined {
    return this.#options.signal
  }

  get expected(): string | undefined {
    return this.#options.expected
  }

  /** May its execution be repeated without anybody noticing? */
  get repeatable(): boolean {
    return !this.inTransaction && isRepeatable(this.name, this.args)
  }

  /** ioredis calls it again for a batch that it sends to another node. */
  initPromise(): void {
    this.isSettled = false
    this.isResolved = false
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Whoever traces waits for the promise of each command, of those in a batch too. */
  #promiseForTrace(): void {
    this.initPromise()
    this.promise?.catch(() => undefined)
  }

  /** ioredis tells what the connection speaks. */
  setReplyContext(context: { protocol?: number; replyMapping?: string } | undefined): void {
    this.protocol = context?.protocol ?? 2
    const isMapped = context?.replyMapping === 'resp3'
    if (isMapped || this.#foreign) this.#foreign = { ...this.#foreign, isMapped }
  }

  getKeys(): Arg[] {
    return this.#keys.map(position => this.args[position] as Arg)
  }

  /** The bytes that Redis reads. */
  toWritable(): string | Buffer {
    this.written = true
    const { args } = this
    if (args.length <= FEW) return this.#toText(byteLength) ?? this.#toBytes()
    // Of many short texts it costs less to ask once whether a character of them takes more than a byte.
    const text = this.#toText(characters)
    if (text === undefined) return this.#toBytes()
    return byteLength(text) === text.length ? text : (this.#toText(byteLength) as string)
  }

  /** `undefined` if there are bytes among the arguments. */
  #toText(lengthOf: (text: string) => number): string | undefined {
    const { args } = this
    let text = headOf(this.name, args.length)
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] as Arg
      if (typeof arg !== 'string') return undefined
      text += lengthLine(lengthOf(arg)) + arg
    }
    return `${text}\r\n`
  }

  /** ioredis settles replies, as it read them, through this; an instrumentation may put its own in front of it. */
  get resolve(): (reply: unknown) => unknown {
    const settle = this.#foreign?.resolve ?? this.#resolveReply
    return reply => settle.call(this, reply)
  }

  set resolve(settle: (reply: unknown) => unknown) {
    this.#foreign = { ...this.#foreign, resolve: settle }
  }

  #resolveReply(reply: unknown): unknown {
    this.#receive(this.#read(reply))
    return this.promise
  }

  /** A reply with its texts as this command wants them. */
  receive(reply: unknown): void {
    const foreign = this.#foreign
    if (foreign?.resolve) {
      foreign.isRead = true
      foreign.resolve(reply)
    } else this.#receive(reply)
  }

  #receive(reply: unknown): void {
    if (this.isSettled) return
    const { decode, sink, position = 0, owner } = this.#options
    let value: unknown
    try {
      const shaped = this.#shape(reply)
      value = decode ? decode(shaped as never, this.#keyPrefix) : shaped
    } catch (error) {
      this.#fail(error as Error)
      return
    }
    this.isResolved = true
    this.#settle()
    if (sink) sink.succeeded(position, value)
    else owner?.succeeded(this)
    this.#resolve?.(value)
  }

  /** A reply in EXEC's, as ioredis read it, in the shape that this command has alone. */
  transformReply(reply: unknown): unknown {
    // EXEC has undone what its instance does to replies.
    return this.#shape(this.bytes ? reply : toText(reply))
  }

  /** From what ioredis read, where texts are bytes, to the texts and lists of our reader. */
  #read(reply: unknown): unknown {
    const { isRead, isMapped } = this.#foreign ?? NOTHING
    if (isRead) return reply
    const plain = isMapped ? unmapped(reply) : reply
    const { textNumbers } = this.#options
    const numbered = textNumbers ? withNumbers(plain) : plain
    return this.bytes ? numbered : toText(numbered)
  }

  /** In the shape of RESP2, whatever was spoken. */
  #shape(reply: unknown): unknown {
    const transform = TRANSFORMS.get(this.name)
    if (!transform || (this.name === 'hgetall' && this.#options.decode)) return reply
    const { name: commandName, protocol, replyMapping } = this
    return transform(reply, { commandName, protocol, replyMapping })
  }

  /** ioredis settles errors through this; a Cluster puts its own in front of it, to try again elsewhere. */
  get reject(): (error: Error) => void {
    const settle = this.#settleWith ?? this.#fail
    return error => settle.call(this, this.#explainLoss(error))
  }

  set reject(settle: (error: Error) => void) {
    this.#settleWith = settle
  }

  #explainLoss(error: Error): Error {
    if (!this.written || !GONE.test(error?.message) || this.repeatable) return error
    return new Error(REPLY_LOST)
  }

  #fail(error: Error): void {
    if (this.isSettled) return
    this.#settle()
    const { sink, position = 0, owner } = this.#options
    if (sink) sink.failed(position, error)
    this.#reject?.(owner ? owner.failed(this, error) : error)
  }

  /** Call `listener` when it is answered, failed or given up. */
  onSettled(listener: () => void): void {
    const before = this.#settled
    this.#settled = before
      ? () => {
          before()
          listener()
        }
      : listener
  }

  #settle(): void {
    this.isSettled = true
    this.#settled?.()
    this.#settled = undefined
    this.deadlines?.forget(this)
    if (this._commandTimeoutTimer === undefined && this._blockingTimeoutTimer === undefined) return
    clearTimeout(this._commandTimeoutTimer)
    clearTimeout(this._blockingTimeoutTimer)
  }

  #toBytes(): Buffer {
    const parts: Uint8Array[] = [Buffer.from(headOf(this.name, this.args.length))]
    for (const arg of this.args) {
      const bytes: Uint8Array = typeof arg === 'string' ? Buffer.from(arg) : arg
      parts.push(Buffer.from(lengthLine(bytes.length)), bytes)
    }
    parts.push(Buffer.from('\r\n'))
    return Buffer.concat(parts)
  }
}

// What else ioredis asks of a command (its slot, its flags, its timers) it inherits from ioredis' own.
Object.setPrototypeOf(SentCommand.prototype, Command.prototype)
