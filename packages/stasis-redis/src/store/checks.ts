import { InvalidArgumentError } from '@gravito/plasma'

/** Is it no value, of which an entry is never a hit? */
export const isNothing = (value: unknown): value is null | undefined =>
  value === null || value === undefined

/** @throws InvalidArgumentError for what would be no entry */
export function checkAdded(value: unknown): void {
  if (isNothing(value))
    throw new InvalidArgumentError('value', `is ${value}, which is never a hit`, 'add')
}

/** @throws InvalidArgumentError unless there is something to call */
export function checkFactory(factory: unknown): void {
  if (typeof factory !== 'function')
    throw new InvalidArgumentError('factory', 'must be a function', 'remember')
}

/** @throws InvalidArgumentError unless they are two numbers in this order */
export function checkTimes(times: readonly [fresh: number, stale: number]): void {
  if (Array.isArray(times) && times.length === 2 && times.every(Number.isFinite)) {
    const [fresh, stale] = times
    if (stale >= fresh) return
  }
  const problem = 'must be [fresh, stale]: seconds, the second not below the first'
  throw new InvalidArgumentError('times', problem, 'flexible')
}

/** @throws InvalidArgumentError unless it is a list; of what is checked by who reads it */
export function checkKeys(keys: readonly string[]): void {
  if (!Array.isArray(keys))
    throw new InvalidArgumentError('keys', 'must be a list of texts', 'many')
}

/** @throws InvalidArgumentError for what has no values by key, as a Map */
export function checkValues(values: Readonly<Record<string, unknown>>): void {
  const isRecord = Object.prototype.toString.call(values) === '[object Object]'
  if (!isRecord)
    throw new InvalidArgumentError('values', 'must be an object of values by key', 'putMany')
}

/** @throws InvalidArgumentError unless it is a text */
export function checkGlob(glob: string): void {
  if (typeof glob !== 'string') throw new InvalidArgumentError('glob', 'must be a text', 'keys')
}

/** @throws InvalidArgumentError unless it can be counted exactly */
export function checkAmount(value: number): void {
  if (!Number.isSafeInteger(value))
    throw new InvalidArgumentError('value', 'must be a whole number', 'increment')
}
