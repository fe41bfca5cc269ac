import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import path from 'node:path'
import { type RedisServer, startRedis } from '@gravito/redis-testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { waitUntil } from './patient.js'
import { makeUntidyTree, type Tree } from './tree.js'

const main = path.join(import.meta.dirname, '../dist/main.js')
let server: RedisServer
let tree: Tree
const running = new Set<ChildProcess>()

beforeAll(async () => {
  server = await startRedis()
  tree = makeUntidyTree(40)
})

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

afterAll(async () => {
  await server.stop()
  tree.remove()
})

/** The app as a user starts it. */
function start(args: string[], env: Record<string, string> = { REDIS_URL: server.url }) {
  const { REDIS_URL: _, ...environment } = process.env
  const child = spawn(process.execPath, [main, ...args], { env: { ...environment, ...env } })
  running.add(child)
  child.on('exit', () => running.delete(child))
  const output = { text: '' }
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      output.text += chunk
    })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, output, ended }
}

async function taken(port = 0): Promise<{ holder: Server; port: number }> {
  const holder = createServer().listen(port, '127.0.0.1')
  await once(holder, 'listening')
  return { holder, port: (holder.address() as AddressInfo).port }
}

describe('--once', () => {
  it('audits, prints the result and ends with 0; the second time the cache is warm', async () => {
    const first = start(['--once', '--input', tree.root])
    expect(await first.ended, first.output.text).toBe(0)
    expect(first.output.text).toContain('totals equal the sequential scan: yes')
    expect(first.output.text).toContain('0 hits, 51 misses')
    expect(first.output.text).toContain('100 %  51 of 51 packages')
    const second = start(['--once', '--input', tree.root, '--workers', '2'])
    expect(await second.ended).toBe(0)
    expect(second.output.text).toContain('51 hits, 0 misses')
  })

  it('starts a Redis of its own without REDIS_URL', async () => {
    const { ended, output } = start(['--once', '--input', tree.root], {})
    expect(await ended, output.text).toBe(0)
    expect(output.text).not.toContain(server.url)
  })
})

describe('a mistake', () => {
  it('in --input ends with 2 and says which folder is not there', async () => {
    const { ended, output } = start(['--input', '/does/not/exist'])
    expect(await ended).toBe(2)
    expect(output.text).toMatch(/there is no folder \/does\/not\/exist[\s\S]*Usage/)
  })

  it('in the form of REDIS_URL ends with 2', async () => {
    const { ended, output } = start(['--once'], { REDIS_URL: 'nonsense' })
    expect(await ended).toBe(2)
    expect(output.text).toMatch(/^REDIS_URL is no URL/)
  })

  it('in REDIS_URL ends with 1 and names the address, not the password', async () => {
    const url = 'redis://:tr3s-secret@127.0.0.1:1'
    const { ended, output } = start(['--once', '--input', tree.root], { REDIS_URL: url })
    expect(await ended).toBe(1)
    expect(output.text.match(/\(127\.0\.0\.1:1\) failed/g)).toHaveLength(1)
    expect(output.text).not.toContain('tr3s')
  })
})

describe('a folder without packages', () => {
  it('ends --once with 1 and says so', async () => {
    const empty = path.join(tree.root, 'node_modules/plain-1')
    const { ended, output } = start(['--once', '--input', empty])
    expect(await ended).toBe(1)
    expect(output.text).toContain('no installed packages there')
  })
})

describe('serving', () => {
  it('refuses a port that is taken when it was asked for', async () => {
    const { holder, port } = await taken()
    const { ended, output } = start(['--port', String(port), '--input', tree.root])
    expect(await ended).toBe(2)
    expect(output.text).toContain(`Port ${port} is taken`)
    holder.close()
  })

  it('takes the next free port otherwise', async () => {
    const held = await taken(3_000).catch(() => undefined)
    const { child, ended, output } = start(['--input', tree.root])
    await waitUntil('it serves', () => /Playground: http/.test(output.text))
    const url = /http:\/\/localhost:(\d+)/.exec(output.text)
    expect(Number(url?.[1])).toBeGreaterThan(3_000)
    expect((await fetch(`${url?.[0]}/health/redis`)).status).toBe(200)
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    held?.holder.close()
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('ends on %s with nothing left running', async signal => {
    const { child, ended, output } = start(['--port', String((await freed()).port)], {})
    await waitUntil('workers are at work', async () => (await childrenOf(child)).length >= 4)
    const family = await childrenOf(child)
    child.kill(signal)
    expect(await ended, output.text).toBe(0)
    expect(output.text).not.toMatch(/warn|error|fail/i)
    for (const pid of family) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
  })

  it('takes its workers along when it is killed', async () => {
    const { child, ended } = start(['--port', String((await freed()).port)])
    await waitUntil('workers are at work', async () => (await childrenOf(child)).length >= 3)
    const family = await childrenOf(child)
    child.kill('SIGKILL')
    await ended
    await waitUntil('they are gone', () => family.every(pid => !isAlive(pid)))
  })
})

async function freed(): Promise<{ port: number }> {
  const { holder, port } = await taken()
  holder.close()
  await once(holder, 'close')
  return { port }
}

async function childrenOf({ pid }: ChildProcess): Promise<number[]> {
  const list = spawn('ps', ['-o', 'pid=', '--ppid', String(pid)])
  let text = ''
  list.stdout.on('data', chunk => {
    text += chunk
  })
  await once(list, 'close')
  return text.split('\n').map(Number).filter(Boolean)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
