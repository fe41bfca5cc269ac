/** What main.ts asks of a subject. */
export interface Task {
  caseIndex: number
  keyPrefix: string
  durationMs: number
}

/** A subject's answer, also once when it is connected. */
export type Answer =
  | { perSecond: number; cpuMicros: number; error?: undefined }
  | { perSecond?: undefined; cpuMicros?: undefined; error: string }
