import { createHash } from 'node:crypto'
import { InvalidArgumentError } from '@gravito/plasma'
import { jsonPlus } from '../values/serializer.js'

type AnyFunction = (...args: never[]) => unknown

const DIGEST_CHARACTERS = 32
const owners = new Map<string, WeakRef<AnyFunction>>()

/**
 * What a function is called in every process of the fleet: its name and a digest of its text.
 *
 * @throws InvalidArgumentError for a function without a name, and for two that could not be told apart
 */
export function functionKey(fn: AnyFunction): string {
  if (fn.name === '')
    throw new InvalidArgumentError('key', 'is needed for a function without a name', 'cached')
  const key = `${fn.name}:${digest(String(fn))}`
  const owner = owners.get(key)?.deref()
  if (owner !== undefined && owner !== fn) {
    const problem = `is needed: there is another function "${fn.name}" with the same text`
    throw new InvalidArgumentError('key', problem, 'cached')
  }
  owners.set(key, new WeakRef(fn))
  return key
}

/**
 * Equal arguments give equal texts, whatever the order of their objects' fields.
 *
 * @throws InvalidArgumentError for arguments that hold no data or refer to themselves
 */
export function argumentsKey(args: readonly unknown[]): string {
  try {
    return digest(jsonPlus.serialize(args.map(it => ordered(it, 0))))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const problem = `is needed, as a function of the arguments, which cannot be written: ${reason}`
    throw new InvalidArgumentError('key', problem, 'cached')
  }
}

const DEEPEST = 500

function ordered(value: unknown, depth: number): unknown {
  if (depth > DEEPEST) throw new TypeError('they are nested too deeply or refer to themselves')
  if (Array.isArray(value)) return value.map(it => ordered(it, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(
    names.map(name => [name, ordered((value as Record<string, unknown>)[name], depth + 1)]),
  )
}

const digest = (text: string): string =>
  createHash('sha256').update(text, 'utf16le').digest('hex').slice(0, DIGEST_CHARACTERS)
