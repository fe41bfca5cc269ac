import { InvalidArgumentError } from '@gravito/plasma'

/** Is it no value, of which an entry is never a hit? */
export const isNothing = (value: unknown): value is null | undefined =>
  value === null || value === undefined

/** @throws InvalidArgumentError for what would be no entry */
export function checkAdded(value: unknown): void {
  if (isNothing(value))
    throw new InvalidArgumentError('value', `is ${value}, which is never a hit`, 'add')
}

/** @throws InvalidArgumentError unless it can be counted exactly */
export function checkAmount(value: number): void {
  if (!Number.isSafeInteger(value))
    throw new InvalidArgumentError('value', 'must be a whole number', 'increment')
}
