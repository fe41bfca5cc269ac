import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { ClientName } from './adapters/index.js'
import type { Answer, Results, Task } from './protocol.js'
import type { Setting } from './settings.js'
import type { Target } from './target.js'

/** A process with one client in it. */
export class Subject {
  readonly name: ClientName
  readonly #child: ChildProcess
  readonly #gone: Promise<unknown[]>

  private constructor(name: ClientName, child: ChildProcess) {
    this.name = name
    this.#child = child
    this.#gone = once(child, 'exit')
  }

  /** Start it; resolves when its client is connected. */
  static async start(
    name: ClientName,
    runtime: Setting['runtime'],
    target: Target,
  ): Promise<Subject> {
    const file = new URL('subject.js', import.meta.url)
    const isBun = runtime === 'bun'
    const child = fork(file, [name, JSON.stringify(target)], {
      execArgv: ['--expose-gc'],
      ...(isBun ? { execPath: bunProgram() } : {}),
    })
    const subject = new Subject(name, child)
    await subject.#answer()
    return subject
  }

  async perform<T extends Task>(task: T): Promise<Results[T['kind']]> {
    this.#child.send(task)
    return (await this.#answer()) as Results[T['kind']]
  }

  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect()
    await this.#gone
  }

  async #answer(): Promise<unknown> {
    const ended = this.#gone.then(([code]): [Answer] => [
      { error: `its process ended with ${code}` },
    ])
    const [{ result, error }] = (await Promise.race([once(this.#child, 'message'), ended])) as [
      Answer,
    ]
    if (error !== undefined) throw new Error(`${this.name}: ${error}`)
    return result
  }
}

/** Bun comes as a development dependency. */
function bunProgram(): string {
  const manifest = createRequire(import.meta.url).resolve('bun/package.json')
  return path.join(path.dirname(manifest), 'bin', 'bun.exe')
}
