import { type Argument, Invalid, KeyPattern, type Keys } from './commands/arguments.js'
import { SentCommand } from './connection/command.js'
import { InvalidArgumentError } from './errors.js'

/** One command as the door received it. */
export interface Request {
  name: string
  args: readonly Argument[]
  keys: Keys
}

/**
 * The command as ioredis takes it: arguments checked, keys and globs prefixed.
 *
 * @throws InvalidArgumentError for a value that Redis could not store as it was meant
 */
export function toCommand(
  { name, args, keys }: Request,
  keyPrefix: string,
  bytes = false,
): SentCommand {
  const wire = args.map((arg, i) => toWire(name, arg, i, keyPrefix))
  if (keyPrefix !== '') prefixKeys(wire, keys, keyPrefix)
  return new SentCommand(name, wire, { replyEncoding: bytes ? undefined : 'utf8' })
}

/** A command that no method knows: ioredis finds its keys, if it is one of Redis' own. */
export function toUnknownCommand(
  { name, args }: Request,
  keyPrefix: string,
  bytes = false,
): SentCommand {
  const wire = args.map((arg, i) => toWire(name, arg, i, keyPrefix))
  return new SentCommand(name, wire, { replyEncoding: bytes ? undefined : 'utf8', keyPrefix })
}

/** `glob` behind a prefix that matches itself only. */
export const globBehind = (keyPrefix: string, glob: string): string =>
  keyPrefix.replace(/[\\*?[\]^]/g, '\\$&') + glob

function toWire(
  command: string,
  arg: Argument,
  position: number,
  keyPrefix: string,
): string | Buffer {
  if (typeof arg === 'string') return arg
  if (typeof arg === 'number') {
    if (!Number.isNaN(arg)) return String(arg)
    throw new InvalidArgumentError(`argument ${position + 1}`, 'is NaN', command)
  }
  if (typeof arg === 'bigint') return String(arg)
  if (Buffer.isBuffer(arg)) return arg
  if (arg instanceof Uint8Array) return Buffer.from(arg.buffer, arg.byteOffset, arg.byteLength)
  if (arg instanceof KeyPattern) return globBehind(keyPrefix, text(command, 'pattern', arg.glob))
  if (arg instanceof Invalid) throw new InvalidArgumentError(arg.argument, arg.problem, command)
  throw new InvalidArgumentError(`argument ${position + 1}`, refusal(arg), command)
}

function text(command: string, argument: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw new InvalidArgumentError(argument, `must be a text, not ${typeof value}`, command)
}

const refusal = (value: unknown): string =>
  value === null || value === undefined
    ? `is ${value}; Redis stores text, numbers and bytes only`
    : `is of type ${typeof value}; Redis stores text, numbers and bytes only (JSON.stringify an object)`

function prefixKeys(wire: (string | Buffer)[], keys: Keys, keyPrefix: string): void {
  if ('first' in keys) {
    const last = Math.min(keys.last < 0 ? wire.length + keys.last : keys.last, wire.length - 1)
    for (let i = keys.first; i <= last; i += keys.step)
      wire[i] = prefixed(keyPrefix, wire[i] as string)
    return
  }
  for (const i of keys) wire[i] = prefixed(keyPrefix, wire[i] as string)
}

const prefixed = (keyPrefix: string, key: string | Buffer): string | Buffer =>
  typeof key === 'string' ? keyPrefix + key : Buffer.concat([Buffer.from(keyPrefix), key])
