import type { MessageFrame } from './message-frame.js'

/** Who waits for the next reply, if it is one of ours. */
export interface Receiver {
  /** Does it want bytes instead of texts? */
  readonly bytes: boolean
  receive(reply: unknown): void
}

export interface ReplySource {
  /** The receiver of the reply that begins now; `undefined` leaves its bytes to ioredis. */
  take(): Receiver | undefined
  /** The receiver's reply is complete. */
  finish(receiver: Receiver): void
  /** Do messages come here that are to be read, and as which protocol's? */
  hears?(): 2 | 3 | undefined
  /** A message that came as a whole; others go to ioredis. */
  hear?(frame: MessageFrame): void
  /** Bytes for ioredis' own decoder, to keep: whole frames, in pieces where they came in pieces. */
  pass(bytes: Buffer): void
}
