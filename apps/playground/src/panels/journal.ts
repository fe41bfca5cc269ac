import type { Panel } from './panel.js'

/** `bad`: something was broken on purpose; `good`: it was survived. */
export type Tone = 'bad' | 'good' | 'plain'

export interface Entry {
  id: number
  /** Unix milliseconds. */
  at: number
  tone: Tone
  text: string
}

const KEPT = 12

/** What was broken and what came of it, the newest first. */
export class Journal implements Panel<{ entries: Entry[] }> {
  readonly name = 'journal'
  #entries: Entry[] = []
  #lastId = 0

  add(tone: Tone, text: string): void {
    const entry = { id: ++this.#lastId, at: Date.now(), tone, text }
    this.#entries = [entry, ...this.#entries].slice(0, KEPT)
  }

  async snapshot(): Promise<{ entries: Entry[] }> {
    return { entries: this.#entries }
  }
}
