import type { ResolvedOptions } from '../options.js'
import type { Holder } from '../redis/store.js'
import { READER, WRITER } from '../scripts/read-write.js'
import type { Lines } from '../waiting/lines.js'
import { Mutex } from './mutex.js'
import { type PermitHolder, permitState } from './permit-state.js'

/** What can be held for the length of a lease. */
export type Lockable = Pick<Mutex, 'name' | 'run' | 'acquire' | 'tryAcquire' | 'restore'>

export interface ReadWriteState {
  writer: Holder | null
  readers: Holder[]
  /** Tickets that queue, of both. */
  waiting: number
}

/**
 * Readers together, writers alone, and neither starves: a reader waits for one writer at most, and who comes to read
 * while a writer waits goes behind it.
 */
export class ReadWriteLock {
  readonly name: string
  readonly #lines: Lines
  readonly #options: ResolvedOptions

  constructor(lines: Lines, name: string, options: ResolvedOptions) {
    lines.store.keys(name)
    this.name = name
    this.#lines = lines
    this.#options = options
  }

  /** Shared with other readers. */
  read(): Lockable {
    return this.#side(READER)
  }

  /** Alone. */
  write(): Lockable {
    return this.#side(WRITER)
  }

  /** Who holds it: one command. */
  async inspect(): Promise<ReadWriteState> {
    const { holders, queued } = await permitState(this.#lines.store, this.name)
    const readers = holders.filter(({ weight }) => weight === 1).map(holder)
    const [writer] = holders.filter(({ weight }) => weight > 1).map(holder)
    return { writer: writer ?? null, readers, waiting: queued }
  }

  /** Take it away from whoever holds it: for emergencies. Resolves with false when it was free. */
  async forceRelease(): Promise<boolean> {
    return this.#side(WRITER).forceRelease()
  }

  #side(claim: string): Mutex {
    return new Mutex(this.#lines.store, this.#lines, this.name, this.#options, claim)
  }
}

const holder = ({ ticket, token, ttlMs }: PermitHolder): Holder => ({ ticket, token, ttlMs })
