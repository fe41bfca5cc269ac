import { Invalid, isOptions, wholeNumber } from '../commands/arguments.js'
import type { Id } from '../commands/stream-arguments.js'
import { InvalidArgumentError } from '../errors.js'

/** How one consumer of a group works off streams. */
export type ConsumeOptions = {
  /** Its consumers share the entries; created where it is missing, and the stream with it. */
  group: string
  /** This consumer, by a name that it has again after a restart. */
  consumer: string
  /** Entries fetched at once from each stream, default 10. */
  count?: number
  /** Milliseconds that one read waits for entries, default 5 000. */
  blockMs?: number
  /**
   * Entries that nobody acknowledged for so many milliseconds are taken over, default 60 000; `false` takes over
   * none. Longer than the work on an entry takes, or it is done twice.
   */
  claimIdleMs?: number | false
  /** Where a new group starts: `'0'` (the default) for all entries, `'$'` for those from now on, or an id. */
  from?: Id
  /** Acknowledge an entry when the loop asks for the next one, so not when its body throws or breaks. */
  autoAck?: boolean
  /** Ends the loop, also while it waits. */
  signal?: AbortSignal
} & (
  | {
      /**
       * An entry delivered so many times is moved to `deadLetter` instead of being delivered again. At least 2,
       * because where the process dies, what it had fetched counts as delivered though the loop never saw it.
       */
      maxDeliveries: number
      /** The stream for such entries; in a Cluster its slot must be that of the stream they come from. */
      deadLetter: string
    }
  | { maxDeliveries?: never; deadLetter?: never }
)

/** Options with every default in place. */
export interface ConsumeSettings {
  readonly keys: readonly string[]
  readonly group: string
  readonly consumer: string
  readonly count: number
  readonly blockMs: number
  /** `Infinity` never takes over. */
  readonly claimIdleMs: number
  readonly from: Id
  readonly autoAck: boolean
  readonly signal: AbortSignal | undefined
  /** 0: without limit. */
  readonly maxDeliveries: number
  readonly deadLetter: string | undefined
}

const NAMES = [
  ...['group', 'consumer', 'count', 'blockMs', 'claimIdleMs', 'from', 'autoAck', 'signal'],
  ...['maxDeliveries', 'deadLetter'],
]

/** @throws InvalidArgumentError naming the first option that is wrong */
export function consumeSettings(
  streams: string | readonly string[],
  options: ConsumeOptions,
): ConsumeSettings {
  if (!isOptions(options)) refuse('options', 'must hold group and consumer')
  const unknown = Object.keys(options).find(name => !NAMES.includes(name))
  if (unknown) refuse(unknown, `is no option here; known are ${NAMES.join(', ')}`)
  const keys = [...new Set([streams].flat())]
  if (keys.length === 0 || !keys.every(filled)) refuse('streams', FILLED)
  for (const name of ['group', 'consumer'] as const)
    if (!filled(options[name])) refuse(name, FILLED)
  const { group, consumer, claimIdleMs = 60_000, from = '0', autoAck = false, signal } = options
  const { maxDeliveries, deadLetter } = options
  if (typeof from !== 'number' && !filled(from)) refuse('from', "must be '0', '$' or an id")
  if (typeof autoAck !== 'boolean') refuse('autoAck', 'must be true or false')
  if ((maxDeliveries === undefined) !== (deadLetter === undefined))
    refuse(
      maxDeliveries === undefined ? 'maxDeliveries' : 'deadLetter',
      'is missing: maxDeliveries and deadLetter belong together',
    )
  if (deadLetter !== undefined && !filled(deadLetter)) refuse('deadLetter', FILLED)
  if (keys.includes(deadLetter as string)) refuse('deadLetter', 'must be another stream')
  return {
    keys,
    group,
    consumer,
    count: atLeast(1, 'count', options.count ?? 10),
    blockMs: atLeast(1, 'blockMs', options.blockMs ?? 5_000),
    claimIdleMs:
      claimIdleMs === false ? Number.POSITIVE_INFINITY : atLeast(1, 'claimIdleMs', claimIdleMs),
    from,
    autoAck,
    signal,
    maxDeliveries: maxDeliveries === undefined ? 0 : atLeast(2, 'maxDeliveries', maxDeliveries),
    deadLetter,
  }
}

const FILLED = 'must be a text that is not empty'

const filled = (value: unknown): value is string => typeof value === 'string' && value !== ''

function atLeast(min: number, name: string, value: unknown): number {
  const number = wholeNumber(name, value, min)
  if (number instanceof Invalid) refuse(name, number.problem)
  return Number(number)
}

function refuse(argument: string, problem: string): never {
  throw new InvalidArgumentError(argument, problem, 'consume')
}
