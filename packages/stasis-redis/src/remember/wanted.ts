import type { TaggedName } from '../entries/tagged-keys.js'
import type { NearEntry } from '../near/memory.js'
import type { LifetimeOf, ResolvedRemember } from './options.js'

export type Factory<Value> = () => Promise<Value> | Value

/** One request to `remember`. */
export interface Wanted<Value> extends ResolvedRemember {
  readonly name: TaggedName
  readonly ms: LifetimeOf<Value>
  readonly factory: Factory<Value>
  /** The value of what this process holds; `null` when it cannot be read. */
  readonly share: (near: NearEntry) => Value | null
  /** The value of what an entry holds; `null` when it cannot be read. */
  readonly read: (text: string) => Value | null
  /** `null` for a value that is not to be kept. */
  readonly serialize: (value: Value) => string | null
}
