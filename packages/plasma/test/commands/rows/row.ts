import type { CommandBuilder, Queued } from '../../../src/batches/batch.js'

type Call = (redis: CommandBuilder) => Queued<unknown>

/** A call, and what it puts on the wire with the key prefix `p:`. */
export type Row = readonly [call: Call, wire: string]

export const row = (call: Call, wire: string): Row => [call, wire]

/** Every command of a family once at least; a missing one does not compile. */
export type Rows<Family> = { [Name in Exclude<keyof Family, 'send'>]: readonly Row[] }
