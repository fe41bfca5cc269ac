import { CR, DOLLAR, ZERO } from './bytes.js'

/** What Redis calls a message of a channel, and of a sharded one. */
export type MessageType = 'message' | 'smessage'

/** A message that was read, and where the next frame begins. */
export interface MessageFrame {
  type: MessageType
  channel: string
  message: string
  end: number
}

/** How the two kinds begin, behind the byte that says array (RESP2) or push (RESP3). */
const HEADS: readonly (readonly [MessageType, Buffer])[] = [
  ['message', Buffer.from('3\r\n$7\r\nmessage\r\n')],
  ['smessage', Buffer.from('3\r\n$8\r\nsmessage\r\n')],
]

/** The message whose frame, an array or a push, begins at `at`; `undefined` when it is none, or not whole. */
export function messageAt(chunk: Buffer, at: number): MessageFrame | undefined {
  for (const [type, head] of HEADS) {
    const from = at + 1 + head.length
    if (from >= chunk.length || head.compare(chunk, at + 1, from) !== 0) continue
    const channel = textAt(chunk, from)
    const message = channel && textAt(chunk, channel.end)
    return message && { type, channel: channel.text, message: message.text, end: message.end }
  }
  return undefined
}

/** The counted text that begins at `at`, if it is whole. */
function textAt(chunk: Buffer, at: number): { text: string; end: number } | undefined {
  if (chunk[at] !== DOLLAR) return undefined
  let length = 0
  let i = at + 1
  for (; i < chunk.length && chunk[i] !== CR; i++) {
    length = length * 10 + (chunk[i] as number) - ZERO
  }
  const end = i + 2 + length + 2
  return end <= chunk.length ? { text: chunk.toString('utf8', i + 2, end - 2), end } : undefined
}
