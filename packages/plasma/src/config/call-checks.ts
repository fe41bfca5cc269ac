import { isOptions } from '../commands/arguments.js'
import { InvalidArgumentError } from '../errors.js'
import { type Check, count, LONGEST_MS, oneOf } from './checks.js'

type Checks = Readonly<Record<string, Check>>

const milliseconds: Check = value =>
  typeof value === 'number' && value >= 0 && value <= LONGEST_MS
    ? undefined
    : `must be milliseconds, a number from 0 to ${LONGEST_MS}`

/** Not by class: a page under test has another one. */
const signal: Check = value => {
  const { aborted, addEventListener } = Object(value) as Partial<AbortSignal>
  return typeof aborted === 'boolean' && typeof addEventListener === 'function'
    ? undefined
    : 'must be an AbortSignal'
}

const LIMITS = { signal, commandTimeout: milliseconds }

/** What the options of each method may be. */
const METHODS = {
  with: { ...LIMITS, readFrom: oneOf('master', 'replica') },
  transaction: { ...LIMITS, watch: () => undefined, attempts: count(1) },
  disconnect: { timeoutMs: milliseconds },
  listen: { slowerThan: milliseconds, failed: oneOf(true, false) },
} satisfies Record<string, Checks>

/** @throws InvalidArgumentError naming the first option that is wrong */
export function checkOptions(method: keyof typeof METHODS, options: unknown): void {
  if (!isOptions(options)) throw new InvalidArgumentError('options', 'must be an object', method)
  const checks: Checks = METHODS[method]
  for (const name in options) {
    const value = options[name]
    if (!Object.hasOwn(checks, name)) {
      const known = Object.keys(checks).join(', ')
      throw new InvalidArgumentError(name, `is no option here; known are ${known}`, method)
    }
    const problem = value === undefined ? undefined : checks[name]?.(value)
    if (problem !== undefined) throw new InvalidArgumentError(name, problem, method)
  }
}
