import { fork } from 'node:child_process'
import { once } from 'node:events'
import { CASES } from './cases.js'
import { CLIENT_NAMES, type ClientName } from './clients/index.js'
import type { Measurement } from './measure.js'
import type { Answer, Task } from './protocol.js'

/** By case, then by client, then by round. */
export type Measurements = Map<string, Map<ClientName, Measurement[]>>

/** How long to measure, and where; `durationMs` is for one client in one round. */
export interface RoundOptions {
  url: string
  keyPrefix: string
  rounds: number
  durationMs: number
  onCase(name: string, index: number): void
}

/** Measure every case in rounds, the clients in turn, each round in another order. */
export async function runRounds(options: RoundOptions): Promise<Measurements> {
  const { url, keyPrefix, rounds, durationMs, onCase } = options
  const subjects = await Promise.all(CLIENT_NAMES.map(name => startSubject(name, url)))
  try {
    const all: Measurements = new Map()
    for (const [caseIndex, { name }] of CASES.entries()) {
      onCase(name, caseIndex)
      const byClient = new Map<ClientName, Measurement[]>(CLIENT_NAMES.map(it => [it, []]))
      all.set(name, byClient)
      // The first round, not counted, lets the code be compiled.
      for (let round = -1; round < rounds; round++) {
        for (let turn = 0; turn < subjects.length; turn++) {
          const subject = subjects[(round + 1 + turn) % subjects.length]
          const measured = await subject?.measure({ caseIndex, keyPrefix, durationMs })
          if (subject && measured && round >= 0) byClient.get(subject.name)?.push(measured)
        }
      }
    }
    return all
  } finally {
    await Promise.all(subjects.map(subject => subject.stop()))
  }
}

interface Subject {
  readonly name: ClientName
  measure(task: Task): Promise<Measurement>
  stop(): Promise<void>
}

async function startSubject(name: ClientName, url: string): Promise<Subject> {
  const child = fork(new URL('subject.js', import.meta.url), [name, url])
  const gone = once(child, 'exit')
  const answer = async () => {
    const ended = gone.then(([code]): [Answer] => [{ error: `its process ended with ${code}` }])
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [Answer]
    if (message.error !== undefined) throw new Error(`${name}: ${message.error}`)
    return message
  }
  await answer()
  return {
    name,
    measure: task => {
      child.send(task)
      return answer()
    },
    stop: async () => {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
