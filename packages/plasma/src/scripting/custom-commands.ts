import { Invalid, type Key, type Value, wholeNumber } from '../commands/arguments.js'
import { InvalidArgumentError } from '../errors.js'
import { defineScript, type Script } from './script.js'

/** A script in the form of ioredis; without `numberOfKeys` the first argument of each call says it. */
export interface CustomCommand {
  lua: string
  numberOfKeys?: number
}

type AnyScript = Script<readonly Key[], readonly Value[], unknown>

interface Runner {
  run(script: AnyScript, keys: readonly Key[], args: readonly Value[]): unknown
}

/** The scripts that `defineCommand` added to a client; its pipelines get them too. */
export class CustomCommands {
  readonly #commands = new Map<string, (target: Runner, args: Value[]) => unknown>()

  /** Add the method `name` to `target`. */
  define(target: Runner, name: string, definition: CustomCommand): void {
    const { lua, numberOfKeys } = { ...definition }
    if (typeof lua !== 'string')
      throw new InvalidArgumentError('lua', 'must be a text', 'defineCommand')
    if (typeof name !== 'string' || (name in target && !this.#commands.has(name))) {
      throw new InvalidArgumentError(
        'name',
        'must not be that of an existing method',
        'defineCommand',
      )
    }
    if (numberOfKeys !== undefined) {
      const count = wholeNumber('numberOfKeys', numberOfKeys, 0)
      if (count instanceof Invalid)
        throw new InvalidArgumentError(count.argument, count.problem, 'defineCommand')
    }
    const script: AnyScript = defineScript({ lua })
    this.#commands.set(name, (on, args) => {
      const rest = numberOfKeys === undefined ? args.slice(1) : args
      const count = countedKeys(numberOfKeys ?? args[0], rest.length)
      // Carried as a key, so that a client rejects and a pipeline throws.
      if (count instanceof Invalid) return on.run(script, [count as never], [])
      return on.run(script, rest.slice(0, count) as Key[], rest.slice(count))
    })
    this.addTo(target)
  }

  /** Add every method to `target` and give it back. */
  addTo<Target extends Runner>(target: Target): Target {
    for (const [name, run] of this.#commands) {
      Object.defineProperty(target, name, {
        value: (...args: Value[]) => run(target, args.flat()),
        configurable: true,
      })
    }
    return target
  }
}

function countedKeys(numberOfKeys: unknown, given: number): number | Invalid {
  const count = wholeNumber('numberOfKeys', numberOfKeys, 0)
  if (count instanceof Invalid) return count
  return Number(count) <= given
    ? Number(count)
    : new Invalid('numberOfKeys', `is ${count}, but fewer arguments follow`)
}
