import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { waitUntil } from '@gravito/redis-testing'
import { inject, onTestFinished } from 'vitest'

/** A process that uses locks, and what it said. */
export interface Worker {
  readonly child: ChildProcess
  readonly said: string[]
  /** Resolves with the rest of the line that starts with `word`. */
  says(word: string): Promise<string>
  /** Resolves with the exit code. */
  exit(): Promise<number | null>
}

/** What a worker can do. */
type Task =
  | 'count'
  | 'hold'
  | 'permit'
  | 'permits'
  | 'write'
  | 'lead'
  | 'close-while-held'
  | 'chain'
  | 'fenced'

/** Start test/fixtures/worker.mjs; killed after the test. */
export function startWorker(
  task: Task,
  name: string,
  amount: number,
  { url = inject('redisUrl'), imports = [] }: { url?: string; imports?: readonly string[] } = {},
): Worker {
  const file = new URL('./fixtures/worker.mjs', import.meta.url).pathname
  const preloaded = imports.flatMap(it => ['--import', it])
  const args = [...preloaded, file, url, task, name, String(amount)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const said: string[] = []
  createInterface({ input: child.stdout }).on('line', line => said.push(line))
  return {
    child,
    said,
    async says(word) {
      const line = () => said.find(it => it.startsWith(word))
      await waitUntil(`the worker says ${word}`, () => line() !== undefined, { timeoutMs: 15_000 })
      return (line() ?? '').slice(word.length + 1)
    },
    async exit() {
      if (child.exitCode === null) await once(child, 'exit')
      return child.exitCode
    },
  }
}

/** Run a task to its end: its exit code and what it said. */
export async function runToEnd(...task: Parameters<typeof startWorker>) {
  const worker = startWorker(...task)
  const code = await worker.exit()
  return { code, said: worker.said }
}
