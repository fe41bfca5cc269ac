import { isAscii } from 'node:buffer'
import { ReplyError } from 'ioredis'
import {
  BANG,
  COLON,
  COMMA,
  CR,
  DOLLAR,
  EQUALS,
  GREATER,
  HASH,
  MINUS,
  PAREN,
  PERCENT,
  PIPE,
  PLUS,
  STAR,
  TILDE,
  UNDERSCORE,
} from './bytes.js'
import { messageAt } from './message-frame.js'
import type { Receiver, ReplySource } from './reply-source.js'

/** An array on its way. */
interface Level {
  items: unknown[]
  length: number
  /** An attribute: read and thrown away. */
  discard: boolean
}

/** The value is not complete yet. */
const MORE = Symbol('more')
/** An array was begun. */
const DEEPER = Symbol('deeper')

/**
 * Reads RESP2 and RESP3 replies of our commands straight into texts, numbers and arrays of the shape of RESP2.
 * Frames that are not ours (pushes, top-level errors, replies to commands of ioredis) go to ioredis as they are.
 * It goes on where a chunk ended, whatever was cut.
 */
export class ReplyReader {
  readonly #source: ReplySource
  #chunk: Buffer = Buffer.alloc(0)
  #at = 0
  #receiver: Receiver | undefined
  readonly #levels: Level[] = []
  /** A text longer than its chunk, and how much of it is there. */
  #whole: Buffer | undefined
  #filled = 0
  #skipType = 0
  /** Values of a foreign frame that are still to come; 0 outside of one. */
  #foreign = 0
  /** Bytes of a foreign text that are still to come. */
  #foreignBytes = 0
  /** A stretch of the chunk as one text, from which short ones are cut. */
  #stretch: string | undefined
  #stretchFrom = 0
  #stretchTo = 0

  constructor(source: ReplySource) {
    this.#source = source
  }

  /** Read a chunk; it belongs to the caller again afterwards. */
  write(chunk: Buffer): void {
    const rest = this.#chunk.length - this.#at
    this.#chunk = rest === 0 ? chunk : Buffer.concat([this.#chunk.subarray(this.#at), chunk])
    this.#at = 0
    this.#stretchTo = 0
    while (this.#at < this.#chunk.length) {
      if (this.#foreign === 0 && !this.#receiver) {
        const type = this.#chunk[this.#at]
        if ((type === STAR || type === GREATER) && this.#hear(type)) continue
        const isOurs = type !== GREATER && type !== MINUS && type !== BANG && type !== PIPE
        this.#receiver = isOurs ? this.#source.take() : undefined
        if (!this.#receiver) this.#foreign = 1
      }
      if (!(this.#foreign > 0 ? this.#pass() : this.#read())) break
    }
    this.#chunk =
      this.#at === this.#chunk.length ? EMPTY : Buffer.from(this.#chunk.subarray(this.#at))
    this.#at = 0
  }

  /** Take the message that begins here, if it is one and whole. */
  #hear(type: number): boolean {
    const protocol = this.#source.hears?.()
    if (protocol !== (type === STAR ? 2 : 3)) return false
    const frame = messageAt(this.#chunk, this.#at)
    if (!frame) return false
    this.#at = frame.end
    this.#source.hear?.(frame)
    return true
  }

  /** Hand on as much of a foreign frame as there is; false when the rest of the chunk is half a line. */
  #pass(): boolean {
    const from = this.#at
    let complete = true
    while (this.#foreign > 0 && complete) complete = this.#skipValue()
    if (this.#at > from) this.#source.pass(Buffer.from(this.#chunk.subarray(from, this.#at)))
    return complete
  }

  #skipValue(): boolean {
    const chunk = this.#chunk
    if (this.#foreignBytes > 0) {
      const taken = Math.min(this.#foreignBytes, chunk.length - this.#at)
      this.#at += taken
      this.#foreignBytes -= taken
      if (this.#foreignBytes > 0) return false
      this.#foreign--
      return true
    }
    const type = chunk[this.#at]
    const end = this.#lineEnd()
    if (end < 0) return false
    const length = this.#number(this.#at + 1, end)
    this.#at = end + 2
    switch (type) {
      case DOLLAR:
      case EQUALS:
      case BANG:
        if (length < 0) this.#foreign--
        else this.#foreignBytes = length + 2
        return true
      case STAR:
      case TILDE:
      case GREATER:
        this.#foreign += Math.max(length, 0) - 1
        return true
      case PERCENT:
        this.#foreign += 2 * length - 1
        return true
      case PIPE:
        // Its value follows it.
        this.#foreign += 2 * length
        return true
      default:
        this.#foreign--
        return true
    }
  }

  /** Read values until the reply or the chunk ends; false when more bytes are needed. */
  #read(): boolean {
    for (;;) {
      const value = this.#whole ? this.#moreText(this.#whole) : this.#value()
      if (value === MORE) return false
      if (value === DEEPER) continue
      if (this.#put(value)) return true
    }
  }

  /** Put a value where it belongs; true when the whole reply is there. */
  #put(value: unknown): boolean {
    let item = value
    for (;;) {
      const level = this.#levels.at(-1)
      if (!level) {
        const receiver = this.#receiver as Receiver
        this.#receiver = undefined
        this.#source.finish(receiver)
        receiver.receive(item)
        return true
      }
      level.items.push(item)
      if (level.items.length < level.length) return false
      this.#levels.pop()
      if (level.discard) return false
      item = level.items
    }
  }

  #value(): unknown {
    const chunk = this.#chunk
    if (this.#at >= chunk.length) return MORE
    const type = chunk[this.#at] as number
    const end = this.#lineEnd()
    if (end < 0) return MORE
    const from = this.#at + 1
    this.#at = end + 2
    switch (type) {
      case DOLLAR:
      case EQUALS:
      case BANG:
        return this.#text(this.#number(from, end), type)
      case COLON:
        return this.#number(from, end)
      case PLUS:
        return this.#slice(from, end)
      case STAR:
      case TILDE:
        return this.#array(this.#number(from, end), false)
      case PERCENT:
        return this.#array(2 * this.#number(from, end), false)
      case PIPE:
        return this.#array(2 * this.#number(from, end), true)
      case UNDERSCORE:
        return null
      case HASH:
        return chunk[from] === 116 ? 1 : 0
      case COMMA:
        return this.#slice(from, end)
      case PAREN:
        return chunk.toString('latin1', from, end)
      case MINUS:
        return errorOf(chunk.toString('utf8', from, end))
      default:
        throw new Error(`Protocol error: a reply cannot begin with byte ${type}`)
    }
  }

  #array(length: number, discard: boolean): unknown {
    if (length < 0) return null
    if (length === 0) return discard ? DEEPER : []
    this.#levels.push({ items: [], length, discard })
    return DEEPER
  }

  #text(length: number, type: number): unknown {
    if (length < 0) return null
    const from = this.#at
    if (from + length + 2 <= this.#chunk.length) {
      this.#at = from + length + 2
      return this.#typed(this.#chunk, from, from + length, type)
    }
    this.#whole = Buffer.allocUnsafe(length + 2)
    this.#filled = this.#chunk.copy(this.#whole, 0, from)
    this.#skipType = type
    this.#at = this.#chunk.length
    return MORE
  }

  #moreText(whole: Buffer): unknown {
    const taken = this.#chunk.copy(whole, this.#filled, this.#at)
    this.#at += taken
    this.#filled += taken
    if (this.#filled < whole.length) return MORE
    this.#whole = undefined
    return this.#typed(whole, 0, whole.length - 2, this.#skipType)
  }

  #typed(bytes: Buffer, from: number, to: number, type: number): unknown {
    if (type === BANG) return errorOf(bytes.toString('utf8', from, to))
    // A verbatim text begins with its format: `txt:`.
    const start = type === EQUALS ? from + 4 : from
    if (this.#receiver?.bytes) {
      const part = bytes.subarray(start, to)
      return bytes === this.#chunk ? Buffer.from(part) : part
    }
    if (CUTS_COPY && to - start <= SHORT && bytes === this.#chunk && this.#isLong())
      return this.#short(start, to)
    return bytes.toString('utf8', start, to)
  }

  /** Is this part of an array that is worth some preparation? */
  #isLong(): boolean {
    const [outermost] = this.#levels
    return outermost !== undefined && outermost.length >= 8
  }

  /** A short text: a call into the platform for each would cost more than all else. */
  #short(from: number, to: number): string {
    const chunk = this.#chunk
    if (to > this.#stretchTo) {
      const end = Math.min(from + STRETCH, chunk.length)
      this.#stretch = isAscii(chunk.subarray(from, end))
        ? chunk.toString('latin1', from, end)
        : undefined
      this.#stretchFrom = from
      this.#stretchTo = end
    }
    const offset = this.#stretchFrom
    return this.#stretch?.slice(from - offset, to - offset) ?? chunk.toString('utf8', from, to)
  }

  #slice(from: number, to: number): string | Buffer {
    const chunk = this.#chunk
    if (this.#receiver?.bytes) return Buffer.from(chunk.subarray(from, to))
    if (to - from === 2 && chunk[from] === 79 && chunk[from + 1] === 75) return 'OK'
    return chunk.toString('utf8', from, to)
  }

  /** Where the line ends that begins here, or -1 when its end has not come. */
  #lineEnd(): number {
    const chunk = this.#chunk
    const length = chunk.length
    // Lengths and numbers are short; a search by the platform costs more than these few steps.
    for (let i = this.#at + 1, near = Math.min(i + 24, length - 1); i < near; i++) {
      if (chunk[i] === CR) return i
    }
    const found = chunk.indexOf(CR, this.#at + 1)
    return found >= 0 && found + 1 < length ? found : -1
  }

  #number(from: number, to: number): number {
    const chunk = this.#chunk
    // Longer ones may lie beyond what is exact step by step.
    if (to - from > 15) return Number(chunk.toString('latin1', from, to))
    const negative = chunk[from] === MINUS
    let value = 0
    for (let i = negative || chunk[from] === PLUS ? from + 1 : from; i < to; i++) {
      value = value * 10 + ((chunk[i] as number) - 48)
    }
    return negative ? -value : value
  }
}

const EMPTY = Buffer.alloc(0)

/** V8 copies what is cut out of a text up to this length; of a longer one it would keep the whole in memory. */
const SHORT = 12
/** How many bytes become one text to cut from. */
const STRETCH = 4_096
/** Other engines keep the whole in any case. */
const CUTS_COPY = process.versions.bun === undefined

const errorOf = (message: string): Error => new ReplyError(message)
