import type { Duplex } from 'node:stream'
import { Cluster, type Redis } from 'ioredis'
import { SentCommand } from '../command.js'
import { isTraced } from '../tracing.js'
import { coalesce } from './coalesce.js'
import type { MessageFrame } from './message-frame.js'
import { ReplyReader } from './reply-reader.js'
import { type Connector, openPlainSocket, opensPlainSocket } from './socket.js'

/** What is used of ioredis 6 beyond its types; looked for before anything is changed. */
interface Inside {
  status: string
  stream: Duplex
  condition: { select: number; subscriber: unknown; protocol: number } | undefined
  options: { socketTimeout?: number; monitor?: boolean; stringNumbers?: boolean; tls?: unknown }
  connector: Connector & { connect(emit: unknown): Promise<Duplex> }
  commandQueue: Queue
  sendCommand(command: unknown, stream?: unknown): unknown
  emit(event: string, ...args: unknown[]): boolean
  listenerCount(event: string): number
  recoverFromFatalError(error: unknown, reason: unknown, options: object): void
}

interface Queue {
  readonly length: number
  push(item: { command: unknown; stream: undefined; select: number }): void
  shift(): unknown
  peekFront(): { command: unknown } | undefined
}

/** With TLS a first part has at least so many commands. */
const LEAST_ENCRYPTED = 32

/** Commands after which ioredis has to do something of its own. */
const SLOW = new Set(
  'select quit subscribe psubscribe ssubscribe unsubscribe punsubscribe sunsubscribe monitor hello auth reset exec'.split(
    ' ',
  ),
)

/**
 * Take the costly parts of ioredis out of the way of our commands: one write for a tick's commands, replies
 * decoded once, no ceremony between call and socket. Whatever is not a plain command of ours on a ready
 * connection goes through ioredis as ever, in the same order.
 */
export function accelerate(instance: Redis | Cluster): void {
  if (instance instanceof Cluster) instance.on('+node', node => accelerateNode(node, true))
  else accelerateNode(instance, false)
}

function accelerateNode(redis: Redis, isOneOfMany: boolean): void {
  const inside = redis as unknown as Inside
  if (!isKnown(inside)) return
  // Several servers work beside each other anyway: parts would only cost. Each part is encrypted by itself.
  const least = isOneOfMany ? Number.POSITIVE_INFINITY : inside.options.tls ? LEAST_ENCRYPTED : 1
  const firstPart = () => Math.max(inside.commandQueue.length, least)
  const { connector } = inside
  const connect = connector.connect.bind(connector)
  connector.connect = async emit => {
    const replies = new Replies(inside)
    const isPlain = opensPlainSocket(connector)
    const stream = await (isPlain
      ? openPlainSocket(connector, bytes => replies.read(bytes))
      : connect(emit))
    coalesce(stream, firstPart)
    replies.attach(stream, isPlain)
    return stream
  }
  const inherited = Object.getPrototypeOf(redis) as Inside
  inside.sendCommand = (command, stream) => {
    const isPlain = stream === undefined && command instanceof SentCommand
    const { sendCommand } = inherited
    if (!isPlain || SLOW.has(command.name) || !isFree(inside) || isPatched(sendCommand))
      return sendCommand.call(redis, command, stream)
    const { condition } = inside
    command.protocol = condition?.protocol ?? 2
    inside.stream.write(command.toWritable())
    inside.commandQueue.push({ command, stream: undefined, select: condition?.select ?? 0 })
    return command.promise
  }
}

function isKnown({ connector, commandQueue, sendCommand, options }: Inside): boolean {
  return (
    typeof connector?.connect === 'function' &&
    typeof commandQueue?.push === 'function' &&
    typeof commandQueue.length === 'number' &&
    typeof commandQueue.shift === 'function' &&
    typeof commandQueue.peekFront === 'function' &&
    typeof sendCommand === 'function' &&
    options.socketTimeout === undefined &&
    !options.monitor &&
    !options.stringNumbers
  )
}

/** The method that was found to be ioredis' own: to look at its name again for every command would cost more than the rest. */
let own: Patchable | undefined

/** Does an instrumentation stand in front of ioredis' method, to see every command? */
function isPatched(method: Patchable): boolean {
  if (method === own) return false
  if (method.__wrapped === true || method.name !== 'sendCommand') return true
  own = method
  return false
}

type Patchable = Inside['sendCommand'] & { __wrapped?: boolean }

/** Is the connection in its plain state, with nobody watching through ioredis? */
const isFree = ({ status, stream, condition }: Inside): boolean =>
  status === 'ready' && stream.writable && !condition?.subscriber && !isTraced()

/** Events of messages as bytes. */
const BYTES = ['messageBuffer', 'smessageBuffer'] as const

/** Our reader, in front of that of ioredis. */
class Replies {
  readonly #redis: Inside
  readonly #reader: ReplyReader
  #ioredis: ((chunk: Buffer) => void) | undefined

  constructor(redis: Inside) {
    this.#redis = redis
    this.#reader = new ReplyReader({
      pass: bytes => this.#ioredis?.(bytes),
      hears: () => this.#hears(),
      hear: frame => this.#hear(frame),
      take: () => this.#next(),
      finish: receiver => {
        if (redis.commandQueue.peekFront()?.command === receiver) redis.commandQueue.shift()
      },
    })
  }

  read(bytes: Buffer): void {
    try {
      this.#reader.write(bytes)
    } catch (error) {
      this.#redis.recoverFromFatalError(error, error, { offlineQueue: false })
    }
  }

  /** Take the place of ioredis' reader, which attaches itself once, by `prependListener`. */
  attach(stream: Duplex, readsAlready: boolean): void {
    const prepend = stream.prependListener.bind(stream)
    stream.prependListener = ((event: string, listener: (chunk: Buffer) => void) => {
      if (event !== 'data') return prepend(event, listener)
      stream.prependListener = prepend as typeof stream.prependListener
      this.#ioredis = listener
      return readsAlready ? stream : prepend('data', (chunk: Buffer) => this.read(chunk))
    }) as typeof stream.prependListener
  }

  /** Is it a subscriber, whose messages nobody wants as bytes? */
  #hears(): 2 | 3 | undefined {
    const { condition, status } = this.#redis
    if (!condition?.subscriber || status === 'monitoring') return undefined
    if (BYTES.some(event => this.#redis.listenerCount(event) > 0)) return undefined
    return condition.protocol === 3 ? 3 : 2
  }

  /** Told as ioredis does: what a listener throws ends no connection. */
  #hear({ type, channel, message }: MessageFrame): void {
    try {
      this.#redis.emit(type, channel, message)
    } catch (error) {
      process.nextTick(() => {
        throw error
      })
    }
  }

  /** The command that the next reply belongs to, if it is one of ours. */
  #next(): SentCommand | undefined {
    const { commandQueue, condition, status } = this.#redis
    const command = commandQueue.peekFront()?.command
    if (!(command instanceof SentCommand) || SLOW.has(command.name)) return undefined
    // In RESP2 a message looks like a reply.
    const isMixed = condition?.subscriber && condition.protocol !== 3
    return status === 'monitoring' || isMixed ? undefined : command
  }
}
