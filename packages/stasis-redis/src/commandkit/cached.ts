import { InvalidArgumentError, isRedisError, Redis } from '@gravito/plasma'
import { type OnError, warnNowAndThen } from '../availability/soft.js'
import { type ClientSource, clientFrom, isConnectionName } from '../client/source.js'
import { RedisStore } from '../store/store.js'
import { argumentsKey, functionKey } from './arguments-key.js'
import { type Duration, durationMs } from './duration.js'
import type { Awaitable } from './types.js'

/** How the results of one function are kept. */
export interface CachedOptions<Args extends readonly unknown[] = readonly unknown[]> {
  /** How long a result is kept: milliseconds or `'5m'`; default for ever. */
  ttl?: Duration
  /** What `revalidateTag` finds the results by; a function gets the arguments. */
  tags?: readonly string[] | ((...args: Args) => readonly string[])
  /**
   * The name of the results. A function of the arguments says all of it; a text is followed by a digest of the
   * arguments. Default: the function's name, a digest of its text, and one of the arguments.
   */
  key?: string | ((...args: Args) => string)
  /** How long `null` and `undefined` are kept; default: not at all. */
  negativeTtl?: Duration
  /** Where the results are kept; default: `functionStore()`. */
  store?: RedisStore
  /** Told of results that could not be kept; default: a warning of the process, once a minute. */
  onError?: OnError
}

const report = warnNowAndThen('A cached function')
let standard: RedisStore | undefined

/** The store of `cached` and `revalidateTag`: the plugin's, else one on the `Redis` facade, else on 127.0.0.1:6379. */
export function functionStore(): RedisStore {
  standard ??= makeFunctionStore(undefined)
  return standard
}

/** Let `cached` and `revalidateTag` use another store; `undefined`: the default one. */
export function setFunctionStore(store: RedisStore | undefined): void {
  standard = store
}

/** A store for the results of functions, under a prefix of their own. */
export function makeFunctionStore(
  source: ClientSource | undefined,
  { onError = report }: { onError?: OnError } = {},
): RedisStore {
  const options = { prefix: 'commandkit:fn:', onError }
  if (isConnectionName(source)) return new RedisStore({ ...options, connection: source })
  if (source === undefined && Redis.configured) return new RedisStore(options)
  return new RedisStore({ ...options, client: clientFrom(source, 'commandkit').client() })
}

/**
 * The function, called once in the whole fleet for equal arguments as long as its result is kept. When Redis is away or
 * cannot hold the result, the function is called.
 *
 * @example
 * const profile = cached(loadProfile, { ttl: '5m', tags: id => [`user:${id}`] })
 * await profile('7')
 * await revalidateTag('user:7')
 * @throws InvalidArgumentError naming the option
 */
export function cached<Args extends unknown[], Result>(
  fn: (...args: Args) => Awaitable<Result>,
  options: CachedOptions<Args> = {},
): (...args: Args) => Promise<Result> {
  if (typeof fn !== 'function') throw new InvalidArgumentError('fn', 'must be a function', 'cached')
  const { ttl, tags = [], key = functionKey(fn), negativeTtl, onError = report } = options
  const seconds = ttl === undefined ? null : durationMs('ttl', ttl) / 1_000
  const negative = negativeTtl === undefined ? 0 : durationMs('negativeTtl', negativeTtl) / 1_000
  const name = typeof key === 'function' ? key : (...args: Args) => `${key}:${argumentsKey(args)}`
  const tagsOf = typeof tags === 'function' ? tags : () => tags
  return async (...args) => {
    const store = options.store ?? functionStore()
    const place = store.tagKey(name(...args), tagsOf(...args))
    const call = new Call(() => fn(...args))
    try {
      const result = await store.remember(place, seconds, () => call.run(), {
        negativeTtl: negative,
      })
      return result as Result
    } catch (error) {
      if (call.threw(error) || !isRedisError(error)) throw error
      onError(error, fn.name || 'cached')
      return call.run()
    }
  }
}

/**
 * Results with this tag are made anew at their next use, in every process.
 *
 * @throws ConnectionFailedError and others when Redis could not be told
 */
export async function revalidateTag(
  tag: string,
  store: RedisStore = functionStore(),
): Promise<void> {
  if (typeof store?.flushTags !== 'function')
    throw new InvalidArgumentError('store', 'must be a RedisStore', 'revalidateTag')
  await store.flushTags([tag])
}

/** One call of the function at most, whoever asks. */
class Call<Result> {
  readonly #fn: () => Awaitable<Result>
  #outcome: Promise<Result> | undefined
  #error: { thrown: unknown } | undefined

  constructor(fn: () => Awaitable<Result>) {
    this.#fn = fn
  }

  run(): Promise<Result> {
    this.#outcome ??= this.#start()
    return this.#outcome
  }

  /** Is this what the function itself threw? */
  threw(error: unknown): boolean {
    return this.#error?.thrown === error
  }

  async #start(): Promise<Result> {
    try {
      return await this.#fn()
    } catch (error) {
      this.#error = { thrown: error }
      throw error
    }
  }
}
