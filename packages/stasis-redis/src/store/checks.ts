import { InvalidArgumentError } from '@gravito/plasma'

/** Is it no value, of which an entry is never a hit? */
export const isNothing = (value: unknown): value is null | undefined =>
  value === null || value === undefined

/** @throws InvalidArgumentError for what would be no entry */
export function checkAdded(value: unknown): void {
  if (isNothing(value))
    throw new InvalidArgumentError('value', `is ${value}, which is never a hit`, 'add')
}

/** @throws InvalidArgumentError unless it is a function */
export function checkFactory(factory: unknown): void {
  if (typeof factory === 'function') return
  throw new InvalidArgumentError('factory', 'must be a function that makes the value', 'remember')
}

/** @throws InvalidArgumentError unless it is a list */
export function checkKeys(keys: unknown, method: string): void {
  if (Array.isArray(keys)) return
  throw new InvalidArgumentError('keys', 'must be a list of texts', method)
}

/** @throws InvalidArgumentError unless it is a text */
export function checkGlob(glob: unknown): void {
  if (typeof glob === 'string') return
  throw new InvalidArgumentError('glob', 'must be a text', 'keys')
}

/** @throws InvalidArgumentError unless it is an object of values by key; a Map has none */
export function checkValues(values: unknown): void {
  if (Object.prototype.toString.call(values) === '[object Object]') return
  throw new InvalidArgumentError('values', 'must be an object: { key: value, … }', 'putMany')
}

/** @throws InvalidArgumentError unless they are two numbers in this order */
export function checkTimes(times: unknown): void {
  if (Array.isArray(times) && times.length === 2 && times.every(Number.isFinite)) {
    const [fresh, stale] = times
    if (stale >= fresh) return
  }
  const problem = 'must be [fresh, stale], both in seconds, stale not below fresh'
  throw new InvalidArgumentError('times', problem, 'flexible')
}

/** @throws InvalidArgumentError unless it can be counted exactly */
export function checkAmount(value: number): void {
  if (!Number.isSafeInteger(value))
    throw new InvalidArgumentError('value', 'must be a whole number', 'increment')
}
