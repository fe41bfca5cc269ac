import { type ConnectionConfig, type RedisConfig, RedisConfigError } from '@gravito/plasma'

/** What concerns the orbit itself; the rest of its options is Redis configuration. */
export interface OrbitSettings {
  /** The name in `core.services`, the container and the request context, default `'redis'`. */
  exposeAs?: string
  /** Open every connection during boot, which fails when one cannot be opened; default true. */
  autoConnect?: boolean
  /** Milliseconds that boot waits for the connections, default 10 000. */
  bootTimeoutMs?: number
  /** Where `core.config` holds the Redis configuration, default `'redis'`. */
  configKey?: string
  /**
   * Make the global `Redis` facade this orbit's manager. Default: if nobody has configured the facade yet;
   * `true` insists, and rejects the install when somebody has.
   */
  facade?: boolean
}

/** The orbit's settings, with named connections, with one connection's options, or with neither (see `core.config`). */
export type OrbitPlasmaOptions = OrbitSettings &
  (RedisConfig | (ConnectionConfig & { default?: never; connections?: never }))

/** An orbit's options, checked, with every default in place. */
export interface ResolvedOptions {
  readonly settings: Readonly<Required<Omit<OrbitSettings, 'facade'>>> & {
    readonly facade?: boolean
  }
  /** The Redis configuration among the options; undefined leaves it to `core.config`. */
  readonly redis: Readonly<Record<string, unknown>> | undefined
}

const DEFAULTS = { exposeAs: 'redis', autoConnect: true, bootTimeoutMs: 10_000, configKey: 'redis' }

const text = (value: unknown) =>
  typeof value === 'string' && value !== '' ? undefined : 'must be a text that is not empty'
const truth = (value: unknown) => (typeof value === 'boolean' ? undefined : 'must be true or false')
const milliseconds = (value: unknown) =>
  Number.isSafeInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31
    ? undefined
    : 'must be a whole number of milliseconds from 1 up'

const CHECKS: Readonly<Record<keyof OrbitSettings, (value: unknown) => string | undefined>> = {
  exposeAs: text,
  autoConnect: truth,
  bootTimeoutMs: milliseconds,
  configKey: text,
  facade: truth,
}

/**
 * Check the orbit's own settings and set the Redis configuration apart, which plasma checks.
 *
 * @throws RedisConfigError
 */
export function resolveOptions(options: OrbitPlasmaOptions): ResolvedOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new RedisConfigError('OrbitPlasma', 'takes an object of options')
  const given: Record<string, unknown> = {}
  const redis: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    if (!isSetting(name)) {
      const meant = Object.keys(CHECKS).find(known => isTypo(name, known))
      if (meant)
        throw new RedisConfigError(`OrbitPlasma.${name}`, `is no option; did you mean ${meant}?`)
      redis[name] = value
      continue
    }
    const problem = CHECKS[name](value)
    if (problem) throw new RedisConfigError(`OrbitPlasma.${name}`, problem)
    given[name] = value
  }
  return {
    settings: { ...DEFAULTS, ...given },
    redis: Object.keys(redis).length > 0 ? redis : undefined,
  }
}

const isSetting = (name: string): name is keyof OrbitSettings => Object.hasOwn(CHECKS, name)

/** The same letters in another case or order, or up to two wrong in a longer word. */
function isTypo(name: string, known: string): boolean {
  const [a, b] = [name.toLowerCase(), known.toLowerCase()]
  return a === b || distance(a, b) <= (b.length > 6 ? 2 : 1)
}

/** How many letters to insert, delete or replace to get from one word to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
