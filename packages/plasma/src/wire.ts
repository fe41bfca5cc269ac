import { exists, getKeyIndexes } from '@ioredis/commands'
import { type Argument, Invalid, KeyPattern, type Keys } from './commands/arguments.js'
import { refusalOf } from './commands/refused.js'
import { type CommandOptions, SentCommand } from './connection/command.js'
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
  options?: CommandOptions,
): SentCommand {
  const wire = toWires(name, args, keyPrefix)
  const positions = positionsOf(keys, wire.length)
  if (keyPrefix !== '') prefixKeys(wire, positions, keyPrefix)
  return new SentCommand(name, wire, positions, keyPrefix, options)
}

/** A command that no method knows: if it is one of Redis' own, its keys are known all the same. */
export function toUnknownCommand(
  { name, args }: Request,
  keyPrefix: string,
  options?: CommandOptions,
): SentCommand {
  const reason = refusalOf(name, args[0])
  if (reason !== undefined) throw new InvalidArgumentError('this command', reason, name)
  const wire = toWires(name, args, keyPrefix)
  // Where arguments are missing, it is Redis who says so.
  const positions = exists(name) ? getKeyIndexes(name, wire).filter(i => i < wire.length) : []
  if (keyPrefix !== '') prefixKeys(wire, positions, keyPrefix)
  return new SentCommand(name, wire, positions, keyPrefix, options)
}

function toWires(name: string, args: readonly Argument[], keyPrefix: string): (string | Buffer)[] {
  const wire = new Array<string | Buffer>(args.length)
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as Argument
    wire[i] = typeof arg === 'string' ? arg : toWire(name, arg, i, keyPrefix)
  }
  return wire
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

function positionsOf(keys: Keys, length: number): readonly number[] {
  if (!('first' in keys)) return keys
  const { first, last, step } = keys
  if (first === last && first < length) return FIRST[first] ?? [first]
  const positions: number[] = []
  const end = Math.min(last < 0 ? length + last : last, length - 1)
  for (let i = first; i <= end; i += step) positions.push(i)
  return positions
}

/** The usual single positions, made once. */
const FIRST: readonly (readonly number[])[] = [[0], [1], [2]]

function prefixKeys(
  wire: (string | Buffer)[],
  positions: readonly number[],
  keyPrefix: string,
): void {
  for (const i of positions) wire[i] = prefixed(keyPrefix, wire[i] as string)
}

const prefixed = (keyPrefix: string, key: string | Buffer): string | Buffer =>
  typeof key === 'string' ? keyPrefix + key : Buffer.concat([Buffer.from(keyPrefix), key])
