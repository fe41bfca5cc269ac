import type { Crew } from '../crew/crew.js'
import type { Action, Panel } from './panel.js'

export type BoardListener = (panel: string, data: object) => void

const EVERY_MS = 250
/** The crew works on for so long after the last page was closed. */
const LINGER_MS = 10_000

/** All panels. They and the crew run while somebody looks. */
export class Board {
  readonly #panels: readonly Panel[]
  readonly #crew: Crew
  readonly #listeners = new Set<BoardListener>()
  /** The last data of each panel, as JSON. */
  readonly #last = new Map<string, string>()
  /** Somebody looked. */
  wasUsed = false
  #running: AbortController | undefined
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined
  #leaving: NodeJS.Timeout | undefined

  constructor(crew: Crew, panels: readonly Panel[]) {
    this.#crew = crew
    this.#panels = panels
  }

  /** Be told of every panel now, and whenever its data changes. Returns how to stop that. */
  watch(listener: BoardListener): () => void {
    clearTimeout(this.#leaving)
    this.#listeners.add(listener)
    for (const [panel, json] of this.#last) listener(panel, JSON.parse(json))
    this.start().catch(() => undefined)
    return () => {
      this.#listeners.delete(listener)
      this.#linger()
    }
  }

  /** Start, or go on for a while. Idempotent. */
  start(): Promise<void> {
    this.#linger()
    this.#starting ??= this.#start()
    return this.#starting
  }

  /** Ends the crew, too. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(() => {
      this.#stopping = undefined
    })
    return this.#stopping
  }

  /** The data of one panel, `undefined` when there is no such panel. */
  async snapshot(name: string): Promise<object | undefined> {
    return this.#panels.find(panel => panel.name === name)?.snapshot()
  }

  action(panel: string, name: string): Action | undefined {
    const { actions = {} } = this.#panels.find(it => it.name === panel) ?? {}
    return Object.hasOwn(actions, name) ? actions[name] : undefined
  }

  #linger(): void {
    clearTimeout(this.#leaving)
    if (this.#listeners.size > 0) return
    this.#leaving = setTimeout(() => void this.stop(), LINGER_MS).unref()
  }

  async #start(): Promise<void> {
    await this.#stopping
    const running = new AbortController()
    this.#running = running
    this.wasUsed = true
    await Promise.all([this.#crew.start(), ...this.#panels.map(panel => panel.start?.())])
    for (const panel of this.#panels) void this.#follow(panel, running.signal)
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#leaving)
    await this.#starting?.catch(() => undefined)
    this.#starting = undefined
    this.#running?.abort()
    this.#running = undefined
    await this.#crew.stop()
    await Promise.all(this.#panels.map(panel => panel.stop?.()))
    this.#last.clear()
  }

  /** What fails, because Redis is away, shows when it succeeds again. */
  async #follow(panel: Panel, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const json = await panel.snapshot().then(JSON.stringify, () => undefined)
      if (signal.aborted) return
      if (json !== undefined && json !== this.#last.get(panel.name)) {
        this.#last.set(panel.name, json)
        for (const listener of this.#listeners) listener(panel.name, JSON.parse(json))
      }
      await new Promise(resolve => setTimeout(resolve, EVERY_MS))
    }
  }
}
