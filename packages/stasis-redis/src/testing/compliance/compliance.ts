import type { CacheContract } from '../../store/contract.js'
import type { CacheStore, TaggableStore } from '../../store/stasis.js'
import { BEYOND } from './beyond.js'
import { REMEMBER } from './remember.js'
import { STORE } from './store.js'

/** A store under test, empty. */
export interface Subject<Store> {
  store: Store
  /** Let so many milliseconds pass; default: a timer. A store with a clock of its own moves that. */
  wait?(ms: number): Promise<void> | void
}

/** What a case works with. */
export interface Bench<Store> {
  readonly store: Store
  readonly wait: (ms: number) => Promise<void>
}

/** A case as it is written down. */
export type Case<Store> = readonly [name: string, run: (bench: Bench<Store>) => Promise<void>]

/** One thing that a store must do; `run` rejects with an AssertionError when it does not. */
export interface ComplianceCase {
  readonly name: string
  run(): Promise<void>
}

type StasisStore = CacheStore & TaggableStore
type Create<Store> = () => Subject<Store> | Promise<Subject<Store>>

/**
 * What Stasis asks of every store with tags.
 *
 * @param create makes an empty store for each case
 * @example
 * for (const { name, run } of storeCases(() => ({ store: new MyStore() }))) test(name, run)
 */
export function storeCases<Store extends StasisStore>(create: Create<Store>): ComplianceCase[] {
  return STORE.map(it => asCase(it, create))
}

/** What Stasis asks, and what RedisStore and its twin do besides. */
export function contractCases<Store extends CacheContract>(
  create: Create<Store>,
): ComplianceCase[] {
  return [...storeCases(create), ...[...BEYOND, ...REMEMBER].map(it => asCase(it, create))]
}

function asCase<Wanted, Store extends Wanted>(
  [name, run]: Case<Wanted>,
  create: Create<Store>,
): ComplianceCase {
  return {
    name,
    run: async () => {
      const { store, wait = passing } = await create()
      await run({ store, wait: async ms => wait(ms) })
    },
  }
}

const passing = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
