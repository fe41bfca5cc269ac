import { InvalidArgumentError } from '@gravito/plasma'

/** Where one lock lives; in a Cluster all keys of a lock share their slot. */
export interface LockKeys {
  /** `ticket|token` of the holder, or whatever its kind keeps. */
  readonly lock: string
  /** The last token. */
  readonly fence: string
  /** Waiting tickets by arrival. */
  readonly queue: string
  /** What is known of each waiting ticket. */
  readonly waiters: string
  /** Where this client is told of its grants. */
  readonly channel: string
  /** What a ticket says behind its number: how much it asks for. */
  readonly claim: string
}

/**
 * The keys of the lock called `name` for the client with the id `client`. Different names never share a key, whatever
 * they contain.
 *
 * @throws InvalidArgumentError for a name that is empty or no text
 */
export function lockKeys(
  prefix: string,
  name: string,
  isCluster: boolean,
  client: string,
  { suffix = '', claim = '' } = {},
): LockKeys {
  const lock = `${prefix}:{${escapedName(name)}}${suffix}`
  const shared = isCluster ? lock : prefix
  return {
    lock,
    fence: `${shared}:fence`,
    queue: `${lock}:q`,
    waiters: `${lock}:w`,
    channel: `${shared}:grants:${client}`,
    claim,
  }
}

/**
 * A name that is safe inside a hash tag: a brace would end or move it.
 *
 * @throws InvalidArgumentError for a name that is empty or no text
 */
export function escapedName(name: string): string {
  if (typeof name !== 'string' || name === '') {
    throw new InvalidArgumentError('name', 'must be a text that is not empty')
  }
  return name.replace(/[%{}]/g, character => `%${character.charCodeAt(0).toString(16)}`)
}
