import { CommandBuilder, type Queued } from '../../src/batches/batch.js'
import { InvalidArgumentError } from '../../src/errors.js'
import { toCommand } from '../../src/wire.js'

/** Calls as TypeScript knows them, and as they come from JavaScript. */
export const builder = new CommandBuilder()
export const untyped = builder as unknown as Record<string, (...args: unknown[]) => Queued<unknown>>

/** A command's arguments as they travel. */
export const wireOf = (queued: Queued<unknown>, keyPrefix = '') =>
  (toCommand(queued, keyPrefix) as unknown as { args: (string | Buffer)[] }).args

/** Which argument the command is refused for. */
export function refused(queued: Queued<unknown> | undefined): string {
  if (!queued) throw new Error('no such command')
  try {
    toCommand(queued, '')
  } catch (error) {
    if (error instanceof InvalidArgumentError && error.code === 'ARGUMENT_INVALID')
      return error.argument
    throw error
  }
  throw new Error('was not refused')
}
