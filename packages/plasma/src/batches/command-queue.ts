import type { Duplex } from 'node:stream'
import calculateSlot from 'cluster-key-slot'
import type { Cluster, Redis } from 'ioredis'
import type { Decode } from '../commands/sender.js'
import { tickTime } from '../connection/clock.js'
import { type CommandOptions, type ReplySink, SentCommand } from '../connection/command.js'
import type { Connection } from '../connection/connection.js'
import type { Dispatcher, Manner } from '../dispatcher.js'
import { ConnectionClosedError, InvalidArgumentError, ReplyError } from '../errors.js'
import { toCommand } from '../wire.js'
import type { Queued } from './batch.js'

/** What became of one command of a batch. */
export type Result = [error: Error | null, reply: unknown]

type Instance = Redis | Cluster

/** Commands that are encoded as they are added, sent together, and answered by position. */
export abstract class CommandQueue {
  protected readonly commands: SentCommand[] = []
  protected readonly collector = new Collector()
  protected readonly connection: Connection
  readonly #dispatcher: Dispatcher
  readonly #manner: Manner

  constructor(dispatcher: Dispatcher, manner: Manner = {}) {
    this.#dispatcher = dispatcher
    this.#manner = manner
    this.connection = manner.connection ?? dispatcher.main
  }

  get length(): number {
    return this.commands.length
  }

  /** @throws InvalidArgumentError */
  abstract add(queued: Queued<unknown>): void

  /** Send the commands; `null` when they were refused because a watched key was changed. */
  protected abstract begin(instance: Instance): Promise<Result[] | null>

  /** Called when nothing was sent, or all was refused. */
  protected abstract refused(error: Error): Result[]

  /** One `[error, reply]` per command. */
  async execute(): Promise<Result[]> {
    const { commands, connection } = this
    const manner = this.#manner
    if (commands.length === 0) return []
    const started = tickTime()
    let results: Result[]
    try {
      const raw = await connection.start(
        commands.length,
        instance =>
          manner.stillWatched?.() === false ? Promise.resolve(null) : this.begin(instance),
        manner,
        error => this.stop(error),
      )
      if (raw === null) throw new WatchedKeyChanged()
      results = raw.map(([error, reply], i) =>
        error ? [this.#explain(error, commands[i]?.name ?? ''), undefined] : [null, reply],
      )
    } catch (error) {
      if (error instanceof WatchedKeyChanged) throw error
      const explained = this.#explain(error, 'exec')
      this.#observe(
        started,
        commands.map(() => explained),
      )
      if (manner.signal?.aborted || explained instanceof ConnectionClosedError) throw explained
      return this.refused(explained)
    }
    this.#observe(
      started,
      results.map(([error]) => error),
    )
    return results
  }

  /** Give up what was sent. */
  protected stop(error: Error): void {
    for (const command of this.commands) command.reject(error)
  }

  protected encode(
    queued: Queued<unknown>,
    sink?: ReplySink,
    decode?: Decode<unknown>,
  ): SentCommand {
    const { keyPrefix, textNumbers } = this.connection.config
    const { bytes } = this.#manner
    const options: CommandOptions = { bytes, decode, sink, position: this.length }
    if (textNumbers) options.textNumbers = true
    const command = toCommand(queued, keyPrefix, options)
    this.commands.push(command)
    return command
  }

  #explain(error: unknown, name: string): Error {
    const { signal, commandTimeout } = this.#manner
    if (signal?.aborted && error === signal.reason) return error as Error
    return this.connection.explain(error, name, commandTimeout)
  }

  #observe(started: number, errors: readonly (Error | null)[]): void {
    this.#dispatcher.observer.doneTogether(started, this.commands, errors)
  }
}

/** Commands that only travel together: each succeeds or fails alone, in a Cluster each on its own node. */
export class PipelineQueue extends CommandQueue {
  override add(queued: Queued<unknown>): void {
    const command = this.encode(queued, this.collector, queued.decode)
    if (!command.waits) return
    this.commands.pop()
    throw new InvalidArgumentError(
      'a command that waits for data',
      'would hold up everything on the connection; call it on the client instead of a pipeline',
      queued.name,
    )
  }

  protected override begin(instance: Instance): Promise<Result[]> {
    const results = this.collector.collect(this.length)
    sendTogether(instance, this.commands)
    return results
  }

  protected override refused(error: Error): Result[] {
    return this.commands.map(() => [error, undefined])
  }
}

/** Commands between MULTI and EXEC: all or nothing. */
export class MultiQueue extends CommandQueue {
  readonly #decoders: (Decode<unknown> | undefined)[] = []
  /** MULTI and EXEC, once they are sent. */
  #brackets: readonly SentCommand[] = []

  override add(queued: Queued<unknown>): void {
    // A Cluster's transaction may be sent again as a whole, to another node: ioredis does that by promises.
    const sink = this.connection.isCluster ? undefined : this.collector
    this.encode(queued, sink).inTransaction = true
    this.#decoders.push(queued.decode)
  }

  protected override async begin(instance: Instance): Promise<Result[] | null> {
    const results = this.connection.isCluster
      ? await this.#sendToOneNode(instance)
      : await this.#send(instance)
    const [begun, [error, replies]] = results.splice(-2) as [Result, Result]
    if (begun[0]?.name === 'ReplyError') throw this.#notBegun(begun[0], results)
    if (error) throw withReason(error, results)
    if (replies === null) return null
    const { keyPrefix } = this.connection.config
    return (replies as unknown[]).map((reply, i): Result => {
      if (reply instanceof Error) return [reply, undefined]
      const shaped = this.commands[i]?.transformReply(reply)
      const decode = this.#decoders[i]
      return [null, decode ? decode(shaped as never, keyPrefix) : shaped]
    })
  }

  protected override refused(error: Error): never {
    throw error
  }

  protected override stop(error: Error): void {
    super.stop(error)
    for (const bracket of this.#brackets) bracket.reject(error)
  }

  /** Without MULTI, which an ACL may forbid, the commands behind it were no transaction. */
  #notBegun({ message }: Error, results: readonly Result[]): ReplyError {
    const executed = results.filter(([error]) => !error).length
    const consequence = `so that the commands ran one by one, outside of a transaction: ${executed} of ${results.length} were executed`
    return new ReplyError(`${message}, ${consequence}`, this.connection.name, 'multi')
  }

  /** The results of the commands, of MULTI and of EXEC. */
  #send(instance: Instance): Promise<Result[]> {
    const { collector, length } = this
    const results = collector.collect(length + 2)
    const begin = bracket('multi', { sink: collector, position: length })
    const { textNumbers } = this.connection.config
    const end = bracket('exec', { sink: collector, position: length + 1, textNumbers })
    this.#brackets = [begin, end]
    sendTogether(instance, [begin, ...this.commands, end])
    return results
  }

  async #sendToOneNode(instance: Instance): Promise<Result[]> {
    this.#refuseSlots()
    const pipeline = instance.pipeline() as unknown as RawPipeline
    const { textNumbers } = this.connection.config
    const [begin, end] = [bracket('multi'), bracket('exec', { textNumbers })]
    this.#brackets = [begin, end]
    for (const command of [begin, ...this.commands, end]) pipeline.sendCommand(command)
    const [begun, ...results] = (await pipeline.exec()) as [Result, ...Result[]]
    return [...results.slice(0, -1), begun, ...results.slice(-1)]
  }

  /** @throws ReplyError as the server would, before anything is sent */
  #refuseSlots(): void {
    const slots = new Set(this.commands.flatMap(command => command.getKeys().map(calculateSlot)))
    if (slots.size < 2) return
    const reason =
      'the keys of a transaction must lie in one slot of the Cluster: give them a common {tag}'
    throw new ReplyError(`CROSSSLOT ${reason}`, this.connection.name, 'multi')
  }
}

/** EXEC answered with nothing, because a watched key was changed. */
export class WatchedKeyChanged extends Error {}

/** Waits for as many replies as commands were sent. */
class Collector implements ReplySink {
  #results: Result[] = []
  #missing = 0
  #resolve: ((results: Result[]) => void) | undefined

  collect(count: number): Promise<Result[]> {
    this.#missing = count
    this.#results = new Array(count)
    return new Promise(resolve => {
      this.#resolve = resolve
    })
  }

  succeeded(position: number, reply: unknown): void {
    this.#put(position, [null, reply])
  }

  failed(position: number, error: Error): void {
    this.#put(position, [error, undefined])
  }

  #put(position: number, result: Result): void {
    this.#results[position] = result
    if (--this.#missing === 0) this.#resolve?.(this.#results)
  }
}

/** With one write for each node, whether the fast path is on or not. */
function sendTogether(instance: Instance, commands: readonly SentCommand[]): void {
  const nodes = 'nodes' in instance ? instance.nodes() : [instance]
  const streams = nodes.map(node => (node as { stream?: Duplex }).stream)
  for (const stream of streams) stream?.cork()
  for (const command of commands) instance.sendCommand(command as never)
  for (const stream of streams) stream?.uncork()
}

/** MULTI or EXEC; the replies in that of EXEC keep their bytes until the command of each decodes it. */
function bracket(name: 'multi' | 'exec', options: object = {}): SentCommand {
  const command = new SentCommand(name, [], [], '', { ...options, bytes: true })
  command.inTransaction = true
  return command
}

/** EXECABORT only says that a command was refused; the refusal stands at the command. */
function withReason(error: Error, results: readonly Result[]): Error {
  const refusal = results.find(([refused]) => refused && refused !== error)?.[0]
  if (refusal && error.message.startsWith('EXECABORT'))
    error.message = `EXECABORT ${refusal.message}`
  return error
}

/** What ioredis' pipeline does with commands made by hand; its types show only the chainable methods. */
interface RawPipeline {
  sendCommand(command: SentCommand): unknown
  exec(): Promise<Result[] | null>
}
