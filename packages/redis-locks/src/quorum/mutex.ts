import { LockQuorumError, LockTimeoutError } from '../errors.js'
import { checkLeaseData, Lease, type LeaseData, type LeaseStore } from '../lease/lease.js'
import { type Section, sectionOf } from '../lease/section.js'
import {
  type AcquireOptions,
  checkFunction,
  type MutexOptions,
  type ResolvedOptions,
  resolve,
} from '../options.js'
import type { LockKeys } from '../redis/keys.js'
import type { Holder, LockStore } from '../redis/store.js'
import { QUORUM } from '../scripts/quorum.js'
import { settles } from '../settles.js'
import type { Quorum } from './quorum.js'
import { answered, majorityOf, type Votes, vote } from './votes.js'

/** Options of one mutex of a quorum. */
export type QuorumMutexOptions = Omit<MutexOptions, 'reentrant' | 'minReplicas'>

type Reply = Awaited<ReturnType<LockStore['acquire']>>

const MAX_NODE_MS = 1_000
const tokenOf = (reply: Reply | undefined): number | undefined =>
  reply !== undefined && reply !== 'queued' && 'token' in reply ? reply.token : undefined

/** A mutex that a majority of the nodes grants. Who waits asks again every `retryMs`, about; there is no queue. */
export class QuorumMutex {
  readonly name: string
  readonly #quorum: Quorum
  readonly #options: ResolvedOptions
  /** By node. */
  readonly #keys: readonly LockKeys[]
  readonly #needed: number

  constructor(quorum: Quorum, name: string, options: ResolvedOptions) {
    this.name = name
    this.#quorum = quorum
    this.#options = options
    this.#keys = quorum.nodes.map(node => node.keys(name))
    this.#needed = majorityOf(quorum.nodes.length)
  }

  /**
   * Run `fn` while the lock is held.
   *
   * @throws LockTimeoutError, LockQuorumError, the signal's reason, or what `fn` throws
   */
  async run<Result>(
    fn: (section: Section) => Promise<Result> | Result,
    options: AcquireOptions = {},
  ): Promise<Result> {
    checkFunction('fn', fn)
    const lease = await this.acquire(options)
    try {
      return await fn(sectionOf(lease, options.signal))
    } finally {
      // What cannot be given back now ends with its lease; the section's own outcome is what counts.
      await lease.release().catch(() => false)
    }
  }

  /**
   * Wait for the lock, at most `waitMs`.
   *
   * @throws LockTimeoutError, LockQuorumError when too few nodes answer, or the signal's reason
   */
  async acquire(options: AcquireOptions = {}): Promise<Lease> {
    const resolved = resolve(this.#options, options)
    const { signal } = options
    const deadline = performance.now() + resolved.waitMs
    const nodeMs = this.#nodeMs(resolved)
    for (;;) {
      signal?.throwIfAborted()
      const left = deadline - performance.now()
      const ms = resolved.waitMs === 0 ? nodeMs : Math.max(1, Math.min(nodeMs, left))
      const attempt = this.#attempt(resolved, ms)
      if (!(await settles(attempt, Math.max(0, left) + 3 * ms, signal))) {
        attempt.then(outcome => outcome instanceof Lease && outcome.release()).catch(() => false)
        signal?.throwIfAborted()
        throw new LockTimeoutError(this.name, resolved.waitMs)
      }
      const outcome = await attempt
      if (outcome instanceof Lease) return outcome
      const open = this.#quorum.nodes.filter(node => !node.isOver).length
      if (outcome && open < this.#needed) throw outcome
      const pauseMs = this.#quorum.retryMs * (0.5 + Math.random())
      if (deadline - performance.now() <= pauseMs) {
        throw outcome ?? new LockTimeoutError(this.name, resolved.waitMs)
      }
      await settles(new Promise(() => {}), pauseMs, signal)
    }
  }

  /**
   * Take the lock if it is free: two questions to all nodes at most.
   *
   * @throws LockQuorumError
   */
  async tryAcquire(options: QuorumMutexOptions = {}): Promise<Lease | null> {
    const outcome = await this.#attempt(resolve(this.#options, options))
    if (outcome instanceof Lease || outcome === null) return outcome
    throw outcome
  }

  /**
   * Who holds the lock by a majority of the nodes, `null` when nobody does.
   *
   * @throws LockQuorumError
   */
  async inspect(): Promise<Holder | null> {
    const votes = await this.#vote(
      (node, keys) => node.inspect(keys).then(holder => ({ holder })),
      () => undefined,
    )
    if (answered(votes) < this.#needed) throw this.#tooFew(votes)
    const holders = votes.answers.flatMap(answer => answer?.holder ?? [])
    const count = (is: (holder: Holder) => boolean) => holders.filter(is).length
    const holder = holders.find(
      ({ ticket }) => count(other => other.ticket === ticket) >= this.#needed,
    )
    if (!holder) return null
    // One that granted late has a token of its own.
    const tokens = holders.filter(({ ticket }) => ticket === holder.ticket).map(it => it.token)
    const votesFor = (token: number) => tokens.filter(it => it === token).length
    const token = tokens.reduce((best, it) => (votesFor(it) > votesFor(best) ? it : best))
    return { ...holder, token }
  }

  /**
   * Take the lock away from whoever holds it: for emergencies. Resolves with false when it was free.
   *
   * @throws LockQuorumError
   */
  async forceRelease(): Promise<boolean> {
    const votes = await this.#vote(
      (node, keys) => node.forceRelease(keys),
      () => undefined,
    )
    if (answered(votes) < this.#needed) throw this.#tooFew(votes)
    return votes.answers.includes(true)
  }

  /** A lease that `toJSON` of another process described, if it is still held; it lasts its full time from now. */
  async restore(data: LeaseData): Promise<Lease | null> {
    checkLeaseData(data)
    const options = resolve(this.#options, { ttlMs: data.ttlMs })
    const sentAt = performance.now()
    const isOurs = await this.#extend(data.ticket, data.ttlMs)
    return isOurs ? this.#lease(data.ticket, data.token, sentAt, [], options) : null
  }

  /** One attempt: the lease, `null` when it is not free, or why that cannot be told. Nothing stays of one in vain. */
  async #attempt(
    options: ResolvedOptions,
    ms = this.#nodeMs(options),
  ): Promise<Lease | LockQuorumError | null> {
    const { ttlMs } = options
    const [first] = this.#quorum.nodes
    const ticket = (first as LockStore).ticket(this.#keys[0] as LockKeys)
    const sentAt = performance.now()
    const votes = await this.#vote(
      (node, keys) => node.acquire(keys, ticket, ttlMs),
      reply => tokenOf(reply) !== undefined,
      ms,
    )
    const tokens = votes.answers.map(tokenOf)
    const granted = tokens.filter(token => token !== undefined)
    if (granted.length >= this.#needed) {
      const token = Math.max(...granted)
      if (await this.#raise(ticket, token, tokens, ms)) {
        const lease = this.#lease(ticket, token, sentAt, votes.pending, options)
        if (lease.isHeld()) return lease
        await lease.release().catch(() => false)
        return null
      }
    }
    await this.#undo(ticket, votes, ms)
    return answered(votes) < this.#needed ? this.#tooFew(votes) : null
  }

  /** Every node that granted gets the token that counts. Resolves with true when a majority has it. */
  async #raise(
    ticket: string,
    token: number,
    tokens: readonly (number | undefined)[],
    ms: number,
  ): Promise<boolean> {
    const votes = await this.#vote(
      async (node, keys, i) => {
        if (tokens[i] === undefined || tokens[i] === token) return tokens[i] === token
        return node.raise(keys, ticket, token)
      },
      isRaised => isRaised,
      ms,
    )
    return votes.answers.filter(Boolean).length >= this.#needed
  }

  async #undo(ticket: string, votes: Votes<unknown>, ms: number): Promise<void> {
    const undone = this.#quorum.nodes.map(async (node, i) => {
      await votes.pending[i]
      await node.cancel(this.#keys[i] as LockKeys, ticket).catch(() => false)
    })
    // Who did not answer is not waited for.
    await settles(
      Promise.all(undone.filter((_, i) => votes.answers[i] !== undefined)),
      ms,
      undefined,
    )
  }

  #lease(
    ticket: string,
    token: number,
    sentAt: number,
    pending: readonly Promise<unknown>[],
    { ttlMs, renew }: ResolvedOptions,
  ): Lease {
    const { nodes, renewals } = this.#quorum
    const { telemetry } = nodes[0] as LockStore
    const store: LeaseStore = {
      kind: QUORUM,
      renewals,
      telemetry,
      extend: (_, ours, ms) => this.#extend(ours, ms),
    }
    const [keys] = this.#keys
    return new Lease(store, {
      name: this.name,
      ticket,
      token,
      keys: keys as LockKeys,
      sentAt,
      leaseMs: ttlMs,
      ttlMs,
      renew,
      release: () => this.#release(ticket, pending),
      lost: () => undefined,
    })
  }

  async #release(ticket: string, pending: readonly Promise<unknown>[]): Promise<boolean> {
    const votes = await this.#vote(
      async (node, keys, i) => {
        await pending[i]
        return node.release(keys, ticket)
      },
      isReleased => isReleased,
    )
    return votes.answers.filter(Boolean).length >= this.#needed
  }

  async #extend(ticket: string, ttlMs: number): Promise<boolean> {
    const votes = await this.#vote(
      (node, keys) => node.extend(keys, ticket, ttlMs),
      isOurs => isOurs,
    )
    if (votes.answers.filter(Boolean).length >= this.#needed) return true
    if (answered(votes) < this.#needed) throw this.#tooFew(votes)
    return false
  }

  #vote<Answer>(
    question: (node: LockStore, keys: LockKeys, index: number) => Promise<Answer>,
    isYes: (answer: Answer) => boolean | undefined,
    ms = this.#nodeMs(this.#options),
  ): Promise<Votes<Answer>> {
    const ask = (node: LockStore, i: number) => question(node, this.#keys[i] as LockKeys, i)
    return vote(this.#quorum.nodes, ms, ask, isYes)
  }

  #nodeMs({ ttlMs }: ResolvedOptions): number {
    return this.#quorum.nodeMs ?? Math.min(MAX_NODE_MS, Math.ceil(ttlMs / 10))
  }

  #tooFew(votes: Votes<unknown>): LockQuorumError {
    return new LockQuorumError(this.name, answered(votes), this.#needed, votes.failures)
  }
}
