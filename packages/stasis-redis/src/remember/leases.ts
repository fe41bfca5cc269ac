import { randomBytes } from 'node:crypto'
import type { Client } from '../client/many-keys.js'
import type { KeySpace } from '../entries/keys.js'
import type { TaggedName } from '../entries/tagged-keys.js'
import {
  ACQUIRE,
  KEEP,
  KEEP_NULL,
  LEASE_ID_BYTES,
  RELEASE,
  RENEW,
  type Seen,
} from './lease-scripts.js'

/** What came of asking for the right to compute an entry. */
export type Asked =
  | {
      readonly state: 'granted'
      readonly lease: Lease
      /** What the entry holds by now, behind its header. */
      readonly text: string | null
      /** Milliseconds until the entry is gone, negative when it never is or there is none. */
      readonly leftMs: number
    }
  | { readonly state: 'busy'; readonly leftMs: number }
  | { readonly state: 'null' }

interface LeaseKeys {
  readonly entry: string
  readonly lease: string
  readonly generation: string
}

/** The right of one process in the fleet to compute an entry, renewed until it is given back. */
export class Lease {
  readonly #client: Client
  readonly #keys: LeaseKeys
  readonly #proof: readonly [id: string, header: string]
  readonly #seen: Seen
  readonly #renewal: NodeJS.Timeout

  constructor(
    client: Client,
    keys: LeaseKeys,
    proof: readonly [id: string, header: string],
    seen: Seen,
    leaseMs: number,
  ) {
    this.#client = client
    this.#keys = keys
    this.#proof = proof
    this.#seen = seen
    const renew = () => client.run(RENEW, [keys.lease], [...proof, leaseMs])
    // A renewal that fails loses the lease in the end, which KEEP notices.
    this.#renewal = setInterval(() => renew().catch(() => undefined), leaseMs / 3)
    this.#renewal.unref()
  }

  /** Write the text behind the header; false when the entry was changed, forgotten or flushed meanwhile. */
  keep(text: string, ttlMs: number | null): Promise<boolean> {
    clearInterval(this.#renewal)
    const { entry, lease, generation } = this.#keys
    const args = [...this.#proof, this.#seen, this.#proof[1] + text, ttlMs ?? 0] as const
    return this.#client.run(KEEP, [entry, lease, generation], [...args, publisher(this.#client)])
  }

  /** Remember for a while that there is no value. */
  keepNull(ttlMs: number): Promise<boolean> {
    clearInterval(this.#renewal)
    const args = [...this.#proof, ttlMs, publisher(this.#client)] as const
    return this.#client.run(KEEP_NULL, [this.#keys.lease], args)
  }

  release(): Promise<boolean> {
    clearInterval(this.#renewal)
    const args = [...this.#proof, publisher(this.#client)] as const
    return this.#client.run(RELEASE, [this.#keys.lease], args)
  }
}

/** Leases on entries, for the whole fleet. */
export class Leases {
  readonly #client: () => Client
  readonly #keys: KeySpace
  readonly #leaseMs: number

  /** @param leaseMs after so long without a sign of life another process takes over */
  constructor(client: () => Client, keys: KeySpace, leaseMs: number) {
    this.#client = client
    this.#keys = keys
    this.#leaseMs = leaseMs
  }

  async ask(name: TaggedName, header: string): Promise<Asked> {
    const client = this.#client()
    const lease = this.#keys.lease(name)
    const generation = client.isCluster ? lease : this.#keys.generation
    const keys = { entry: this.#keys.entry(name), lease, generation }
    const id = randomBytes((LEASE_ID_BYTES * 3) / 4).toString('base64url')
    const args = [id, header, this.#leaseMs] as const
    const [state, detail = 0, text, leftMs = -1] = await client.run(
      ACQUIRE,
      [keys.entry, keys.lease, keys.generation],
      args,
    )
    if (state === 'null') return { state }
    if (state === 'busy') return { state, leftMs: Number(detail) }
    const granted = new Lease(client, keys, [id, header], String(detail), this.#leaseMs)
    const known = text?.startsWith(header) ? text.slice(header.length) : null
    return { state: 'granted', lease: granted, text: known, leftMs }
  }

  /** Hear of the end of a computation. */
  async listen(name: TaggedName): Promise<Ending> {
    const ending = new Ending()
    const client = this.#client()
    const channel = this.#keys.lease(name)
    const wake = () => ending.wake()
    const subscription = client.isCluster
      ? await client.ssubscribe(channel, wake)
      : await client.subscribe(channel, wake)
    ending.onStop = () => subscription.unsubscribe()
    return ending
  }
}

/** Wakes who waits for a computation elsewhere. */
export class Ending {
  onStop: () => Promise<void> = async () => {}
  #woken = false
  #resolve: (() => void) | undefined

  wake(): void {
    this.#woken = true
    this.#resolve?.()
  }

  /** Resolves when woken, also when that was since the last wait, or after `ms`. */
  async wait(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    if (!this.#woken) {
      await new Promise<void>(resolve => {
        this.#resolve = resolve
        timer = setTimeout(resolve, ms)
      })
    }
    clearTimeout(timer)
    this.#woken = false
  }
}

const publisher = (client: Client): 'PUBLISH' | 'SPUBLISH' =>
  client.isCluster ? 'SPUBLISH' : 'PUBLISH'
