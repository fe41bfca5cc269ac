import type { ResolvedConnection } from '../config/types.js'

const MAX_DELAY_MS = 2_000
const REFUSED = /^(WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR AUTH)/
const BAD_CERTIFICATE = /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_CERT)/

/**
 * When to try again: a connection that was never ready gives up after `maxRetries`, or at once where no retry
 * helps; one that was ready comes back by itself, however long it takes. It remembers the last failure.
 */
export class RetryPolicy {
  readonly #config: Pick<ResolvedConnection, 'maxRetries' | 'retryDelay'>
  #established = false
  #isShared = false
  #attempts = 0
  #outage = false
  #lastError: Error | undefined

  constructor(config: Pick<ResolvedConnection, 'maxRetries' | 'retryDelay'>) {
    this.#config = config
  }

  /** Was it ready once, or does somebody else rely on it? Then it never gives up. */
  get established(): boolean {
    return this.#established || this.#isShared
  }

  get lastError(): Error | undefined {
    return this.#lastError
  }

  /** Were as many retries missed as a command waits for? True again after as many more. */
  get exhausted(): boolean {
    return this.#attempts > 0 && this.#attempts % (this.#config.maxRetries + 1) === 0
  }

  /** A library uses the instance itself, and expects of it what it does of any: to come back by itself. */
  share(): void {
    this.#isShared = true
  }

  /** A first attempt begins. */
  begin(): void {
    this.#attempts = 0
  }

  succeeded(): void {
    this.#established = true
    this.#outage = false
    this.#attempts = 0
    this.#lastError = undefined
  }

  /** Remember why; is it the first failure of this outage? */
  failed(error: Error): boolean {
    this.#lastError = error
    const isNews = !this.#outage
    this.#outage = true
    return isNews
  }

  /** The connection was closed on purpose. */
  forget(): void {
    this.#established = false
    this.#isShared = false
    this.#attempts = 0
    this.#outage = false
  }

  /** Milliseconds until the next attempt; `null` gives up. */
  delay(): number | null {
    const { maxRetries, retryDelay } = this.#config
    const attempt = this.#attempts++
    if (!this.established) {
      if (attempt >= maxRetries) return null
      if (this.#lastError && isHopeless(this.#lastError)) return null
    }
    return backoff(retryDelay, attempt)
  }
}

/** Milliseconds before the attempt after so many failed ones: doubled up to 2 s, give or take a quarter. */
export function backoff(retryDelay: number, failed: number): number {
  const delay = Math.min(retryDelay * 2 ** Math.min(failed, 20), MAX_DELAY_MS)
  return Math.round(delay * (0.75 + Math.random() / 2))
}

/** No retry helps: the log-in or the certificate is refused. */
const isHopeless = (error: Error): boolean =>
  REFUSED.test(error.message) || BAD_CERTIFICATE.test(String((error as NodeJS.ErrnoException).code))
