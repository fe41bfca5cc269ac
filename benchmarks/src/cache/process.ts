import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { CacheName } from './adapters/index.js'
import type { Results, Task } from './tasks.js'

type Answer = { result?: unknown; error?: string; stray?: string }

/** A process with one cache in it. */
export class Subject {
  private constructor(
    readonly name: CacheName,
    readonly child: ChildProcess,
  ) {}

  /** Start it; resolves when its cache is connected. */
  static async start(name: CacheName, url: string, namespace: string): Promise<Subject> {
    const file = new URL('cache-subject.js', import.meta.url)
    const stdio = ['ignore', 'ignore', 'ignore', 'ipc'] as ('ignore' | 'ipc')[]
    const subject = new Subject(name, fork(file, [name, url, namespace], { stdio }))
    await subject.#answer()
    return subject
  }

  async perform<T extends Task>(task: T): Promise<Results[T['kind']]> {
    const answer = this.#answer()
    this.child.send(task)
    return (await answer) as Results[T['kind']]
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = once(this.child, 'exit')
    if (this.child.connected) this.child.disconnect()
    await gone
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle = () => this.child.off('message', heard).off('exit', ended)
      const ended = (code: number | null) => {
        settle()
        reject(new Error(`${this.name}: its process ended with ${code}`))
      }
      const heard = (message: unknown) => {
        const { result, error, stray } = message as Answer
        if (stray !== undefined) return
        settle()
        if (error === undefined) resolve(result)
        else reject(new Error(`${this.name}: ${error}`))
      }
      this.child.on('message', heard).on('exit', ended)
    })
  }
}

/** Start one of each, do something with them, and stop them. */
export async function withSubjects<Result>(
  names: readonly CacheName[],
  url: string,
  namespace: (name: CacheName) => string,
  work: (subjects: Subject[]) => Promise<Result>,
): Promise<Result> {
  const subjects: Subject[] = []
  try {
    const start = async (name: CacheName) => {
      subjects.push(await Subject.start(name, url, namespace(name)))
    }
    await Promise.all(names.map(start))
    subjects.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
    return await work(subjects)
  } finally {
    await Promise.all(subjects.map(subject => subject.stop()))
  }
}
