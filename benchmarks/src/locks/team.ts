import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { SubjectName } from './adapters/index.js'
import type { Answer, Results, Task } from './tasks.js'

/** Some processes that all use the same library. */
export class Team {
  readonly name: SubjectName
  readonly #members: readonly ChildProcess[]

  private constructor(name: SubjectName, members: readonly ChildProcess[]) {
    this.name = name
    this.#members = members
  }

  /** Start them; resolves when all are connected. */
  static async start(name: SubjectName, url: string, size: number): Promise<Team> {
    const file = new URL('locks-worker.js', import.meta.url)
    const members = Array.from({ length: size }, () => fork(file, [name, url]))
    const team = new Team(name, members)
    await Promise.all(members.map(it => team.#answer(it)))
    return team
  }

  get size(): number {
    return this.#members.length
  }

  /** The task of the member at `index`. */
  async perform<T extends Task>(task: T, index = 0): Promise<Results[T['kind']]> {
    const member = this.#members[index]
    if (!member) throw new Error(`${this.name} has no process ${index}`)
    const answer = this.#answer(member)
    member.send(task)
    return (await answer) as Results[T['kind']]
  }

  /** One task for each member, by its index. */
  performAll<T extends Task>(task: (index: number) => T): Promise<Results[T['kind']][]> {
    return Promise.all(this.#members.map((_, index) => this.perform(task(index), index)))
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#members.map(async member => {
        const gone = once(member, 'exit')
        if (member.connected) member.disconnect()
        if (member.exitCode === null) await gone
      }),
    )
  }

  async #answer(member: ChildProcess): Promise<unknown> {
    const [{ result, error }] = await new Promise<[Answer]>((resolve, reject) => {
      const over = (code: number | null) =>
        reject(new Error(`${this.name}: a process ended with ${code}`))
      member.once('exit', over)
      member.once('message', message => {
        member.off('exit', over)
        resolve([message as Answer])
      })
    })
    if (error !== undefined) throw new Error(`${this.name}: ${error}`)
    return result
  }
}
