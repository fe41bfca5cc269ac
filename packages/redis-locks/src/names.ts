import { InvalidArgumentError } from '@gravito/plasma'

/** Where one lock lives; all keys of a lock share a Cluster slot. */
export interface LockKeys {
  readonly lock: string
  readonly channel: string
  readonly fence: string
}

/**
 * The keys of the lock called `name`. Different names never share a key, whatever they contain.
 *
 * @throws InvalidArgumentError for a name that is empty or no text
 */
export function lockKeys(prefix: string, name: string, isCluster: boolean): LockKeys {
  if (typeof name !== 'string' || name === '') {
    throw new InvalidArgumentError('name', 'must be a text that is not empty')
  }
  const lock = `${prefix}:{${escapeBraces(name)}}`
  return { lock, channel: `${lock}:free`, fence: isCluster ? `${lock}:fence` : `${prefix}:fence` }
}

/** A brace in the name would move the hash tag. */
const escapeBraces = (name: string): string =>
  name.replace(/[%{}]/g, character => `%${character.charCodeAt(0).toString(16)}`)
