import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { waitUntil } from '@gravito/redis-testing'
import { inject, onTestFinished } from 'vitest'

/** A process that remembers, and what it said. */
export interface Worker {
  readonly child: ChildProcess
  /** Let it begin. */
  go(): void
  /** Resolves with the rest of the line that starts with `word`. */
  says(word: string): Promise<string>
}

/** Start test/fixtures/remember.mjs; killed after the test. */
export async function startWorker(
  keyPrefix: string,
  callers: number,
  factoryMs: number,
): Promise<Worker> {
  const file = new URL('fixtures/remember.mjs', import.meta.url).pathname
  const args = [file, inject('redisUrl'), keyPrefix, String(callers), String(factoryMs)]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const said: string[] = []
  createInterface({ input: child.stdout }).on('line', line => said.push(line))
  const says = async (word: string) => {
    const line = () => said.find(it => it.startsWith(word))
    await waitUntil(`the worker says ${word}`, () => line() !== undefined, { timeoutMs: 15_000 })
    return (line() ?? '').slice(word.length + 1)
  }
  await says('ready')
  return { child, says, go: () => void child.stdin.write('go\n') }
}
