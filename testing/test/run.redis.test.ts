import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { waitUntil } from '../src/index.js'
import { isAlive } from './processes.js'

const RUN = '../scripts/run.mjs'

/** Starts a server and a process of its own, says their ids, and counts the signals that it gets. */
const CHILD = `
  import { spawn } from 'node:child_process'
  import { startRedis } from '${pathToFileURL('dist/index.js').href}'
  const server = await startRedis()
  const worker = spawn(process.execPath, ['-e', "process.on('SIGINT', () => {}); setInterval(() => {}, 1000)"])
  let signals = 0
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      console.log('got ' + ++signals)
      setTimeout(() => process.exit(0), 200)
    })
  console.log(JSON.stringify([process.pid, worker.pid, server.pid]))
`

/** As run.mjs starts the playground, in a process that can be signalled. */
const PARENT = `
  import { run } from '${pathToFileURL('../scripts/run-command.mjs').href}'
  process.exitCode = await run(process.execPath, ['--input-type=module', '-e', process.argv[1]])
`

function start(code: string): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PARENT, code])
  let text = ''
  child.stdout.on('data', chunk => {
    text += chunk
  })
  return { child, output: () => text }
}

describe('a command', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'and all it started end by %s',
    async signal => {
      const { child, output } = start(CHILD)
      const exited = once(child, 'exit')
      await waitUntil('it runs', () => output().includes(']'))
      const pids: number[] = JSON.parse(output())
      expect(pids.every(isAlive)).toBe(true)
      child.kill(signal)
      child.kill(signal)
      const numbers = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }
      expect(await exited).toEqual([numbers[signal], null])
      await waitUntil('nothing is left', () => !pids.some(isAlive))
      if (signal !== 'SIGHUP') expect(output()).toMatch(/got 1\n$/)
    },
  )

  test('gives its exit code, and leaves no process behind', async () => {
    const { child, output } = start(
      CHILD.replace('console.log(JSON', 'setTimeout(() => process.exit(7), 100); console.log(JSON'),
    )
    expect(await once(child, 'exit')).toEqual([7, null])
    const pids: number[] = JSON.parse(output())
    await waitUntil('nothing is left', () => !pids.some(isAlive))
  })
})

describe('the bootstrap says clearly', () => {
  const failure = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    new Promise<string>(resolve => {
      execFile(process.execPath, args, { env: { ...process.env, ...env } }, (error, _, stderr) =>
        resolve(`${error?.code}: ${stderr.trim()}`),
      )
    })

  test('that Node is too old', async () => {
    const old =
      "data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.18.3'}})"
    expect(await failure(['--import', old, RUN, 'test'])).toMatch(
      /^1: Node 20\.19 or newer is needed/,
    )
  })

  test('what it can do', async () => {
    expect(await failure([RUN, 'dance'])).toMatch(/^1: Usage: .*playground\|test\|bench/)
    expect(await failure([RUN, 'test', 'nothing'])).toMatch(
      /^1: No workspace with tests is called nothing. There are: .*plasma/,
    )
  })

  test('that REDIS_URL is dead or REDIS_SERVER_BIN broken', async () => {
    expect(await failure([RUN, 'playground'], { REDIS_URL: 'redis://127.0.0.1:1' })).toMatch(
      /^1: REDIS_URL is set, but 127\.0\.0\.1:1 cannot be reached/,
    )
    const broken = { REDIS_URL: '', REDIS_SERVER_BIN: '/nowhere' }
    expect(await failure([RUN, 'playground'], broken)).toMatch(/^1: REDIS_SERVER_BIN is \/nowhere/)
  })
})
