import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** Starts a text that was packed, or that only looks so; the next character says which. */
const MARK = '\u0004'
const DEFLATED = 'z'
const LITERAL = 'r'
/** No UTF-16 unit takes more bytes of UTF-8. */
const BYTES_PER_CHARACTER = 3

/**
 * A text as it is, or deflated (level 1) and in base64 when it has at least `thresholdBytes` of UTF-8 and that makes it
 * shorter. `unpack(pack(text))` is `text`.
 */
export function pack(text: string, thresholdBytes: number): string {
  if (text.length * BYTES_PER_CHARACTER >= thresholdBytes) {
    const bytes = Buffer.from(text)
    if (bytes.length >= thresholdBytes) {
      const packed = deflateRawSync(bytes, { level: 1 }).toString('base64')
      if (packed.length + 2 < bytes.length) return MARK + DEFLATED + packed
    }
  }
  return text.startsWith(MARK) ? MARK + LITERAL + text : text
}

/** @throws Error for what `pack` did not make */
export function unpack(text: string): string {
  if (!text.startsWith(MARK)) return text
  const rest = text.slice(2)
  if (text[1] === LITERAL) return rest
  if (text[1] === DEFLATED) return inflateRawSync(Buffer.from(rest, 'base64')).toString()
  throw new TypeError('it is packed in an unknown manner')
}
