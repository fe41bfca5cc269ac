import { Command } from 'ioredis'
import { isRepeatable, waitsForData } from './repeatable.js'

/** The connection ended after the command was written and before its reply came; see `isRepeatable`. */
export const REPLY_LOST = 'Reply lost'

/** What ioredis says of a command whose connection ended. */
const GONE =
  /^(Connection is closed|Command aborted due to connection close|Reached the max retries)/

/**
 * A command of ours on its way through ioredis. It knows whether it was written: if its connection ends then and a
 * second execution could differ, it fails instead of being sent again, on whichever node it was.
 */
export class SentCommand extends Command {
  /** Handed to a socket at least once. */
  declare written: boolean | undefined

  /** May its execution be repeated without anybody noticing? */
  get repeatable(): boolean {
    return !this.inTransaction && isRepeatable(this.name, this.args)
  }

  /** Does it wait for data on purpose, so that no reply is no failure? */
  get waits(): boolean {
    return waitsForData(this.name, this.args)
  }

  override toWritable(socket: object): string | Buffer {
    this.written = true
    return super.toWritable(socket)
  }
}

interface Rejecting {
  settleWith?: (error: Error) => void
}

// A Cluster puts its own `reject` in front of the one of ioredis, to try again elsewhere: this one is in front of both.
Object.defineProperty(SentCommand.prototype, 'reject', {
  configurable: true,
  get(this: SentCommand & Rejecting) {
    const settle = this.settleWith
    return (error: Error) => settle?.call(this, explainLoss(this, error))
  },
  set(this: Rejecting, settle: (error: Error) => void) {
    this.settleWith = settle
  },
})

const explainLoss = (command: SentCommand, error: Error): Error =>
  command.written && GONE.test(error.message) && !command.repeatable ? new Error(REPLY_LOST) : error
