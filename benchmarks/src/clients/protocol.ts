import type { CASES } from './cases.js'
import type { Measurement } from './measure.js'

/** What is asked of a subject: a process with one client in it. */
export type Task =
  | {
      kind: 'measure'
      cases: keyof typeof CASES
      index: number
      keyPrefix: string
      durationMs: number
    }
  | { kind: 'memory'; key: string; commands: number }
  | { kind: 'stall'; keyPrefix: string; times: number }

/** What a subject answers; nothing but the answer once it is connected. */
export interface Results {
  measure: Measurement
  /** Bytes that the heap grew by. */
  memory: { bytes: number }
  /** Milliseconds of the longest wait of a small reply, for each time. */
  stall: { longestMs: number[] }
}

export type Answer =
  | { result: Results[keyof Results] | null; error?: undefined }
  | { result?: undefined; error: string }
