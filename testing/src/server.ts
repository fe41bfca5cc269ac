import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findRedis } from '../../scripts/find-redis.mjs'
import { type Guard, startGuard } from './guard.js'
import { onFreePort } from './ports.js'

/** A redis-server of our own, on loopback. */
export interface RedisServer {
  readonly host: string
  readonly port: number
  readonly url: string
  /** Throws while the server does not run. */
  readonly pid: number
  /** Ends it and removes its folder. Idempotent. */
  stop(): Promise<void>
  /** SIGKILL: nothing is saved, no connection is closed properly. */
  kill(): Promise<void>
  /** Starts it again on the same port, with what it saved. */
  restart(): Promise<void>
  /** SIGSTOP: it accepts connections and answers nobody. */
  pause(): void
  resume(): void
}

/** How a server is started. */
export interface ServerOptions {
  /** More arguments of redis-server. */
  args?: readonly string[]
  /** Default: a free one. */
  port?: number
  /** Files put into the server's working folder, by name. */
  files?: Readonly<Record<string, string>>
  /** Run as a Sentinel with this configuration, which it rewrites. */
  sentinel?: string
}

const START_TIMEOUT_MS = 15_000
const STOP_TIMEOUT_MS = 3_000
const READY = /Ready to accept connections|Sentinel ID is/

/** Start a redis-server that keeps nothing on disk unless `args` say so. */
export async function startRedis(options: ServerOptions = {}): Promise<RedisServer> {
  const program = await findProgram()
  const start = async (port: number) => {
    const server = new Server(program, port, options)
    try {
      await server.start()
      return server
    } catch (error) {
      await server.stop()
      throw error
    }
  }
  return options.port === undefined ? onFreePort(start) : start(options.port)
}

let program: Promise<string> | undefined

function findProgram(): Promise<string> {
  program ??= findRedis({ needProgram: true }).then(
    ({ file }) => file ?? '',
    cause => {
      const why = 'This starts a Redis server of its own, also when REDIS_URL is set.'
      throw new Error(`${why} ${cause.message}`, { cause })
    },
  )
  return program
}

class Server implements RedisServer {
  readonly host = '127.0.0.1'
  readonly port: number
  readonly #program: string
  readonly #args: readonly string[]
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'gravito-redis-'))
  readonly #guard: Guard
  #child: ChildProcess | undefined
  #stopped = false

  constructor(program: string, port: number, { args = [], files = {}, sentinel }: ServerOptions) {
    this.port = port
    this.#program = program
    this.#guard = startGuard(this.#folder)
    const own = { port: String(port), bind: this.host, dir: this.#folder }
    if (sentinel === undefined) {
      this.#args = [...flags(own), '--save', '', '--appendonly', 'no', ...args]
    } else {
      this.#args = ['sentinel.conf', '--sentinel']
      const lines = Object.entries(own).map(([name, value]) => `${name} ${value}\n`)
      this.#write('sentinel.conf', `${lines.join('')}${sentinel}\n`)
    }
    for (const [name, content] of Object.entries(files)) this.#write(name, content)
  }

  get url(): string {
    return `redis://${this.host}:${this.port}`
  }

  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error('the server does not run')
    return pid
  }

  async start(): Promise<void> {
    const child = spawn(this.#program, this.#args, {
      cwd: this.#folder,
      // Out of reach of Ctrl-C: who uses the server still needs it to end in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    this.#guard.watch(child.pid)
    child.once('exit', () => {
      if (this.#child !== child) return
      this.#child = undefined
      if (!this.#stopped) this.#guard.watch(undefined)
    })
    await readiness(child)
    child.unref()
    for (const stream of [child.stdout, child.stderr]) {
      if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref()
    }
  }

  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    await this.#end('SIGTERM')
    await this.#guard.release()
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  async restart(): Promise<void> {
    await this.#end('SIGTERM')
    await this.start()
  }

  pause(): void {
    process.kill(this.pid, 'SIGSTOP')
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child || child.pid === undefined) return
    const gone = once(child, 'exit')
    child.ref()
    child.kill(signal)
    child.kill('SIGCONT')
    const insist = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await gone
    clearTimeout(insist)
  }

  #write(name: string, content: string): void {
    writeFileSync(path.join(this.#folder, name), content, { mode: 0o600 })
  }
}

/** Resolves when the server takes connections; rejects with what it printed. */
async function readiness(child: ChildProcess): Promise<void> {
  let output = ''
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => {
      settle()
      child.kill('SIGKILL')
      reject(new Error(`redis-server ${why}\n${output}`.trim()))
    }
    const exited = (code: number | null) => fail(`ended with ${code}`)
    const broken = (error: Error) => fail(`cannot be run: ${error.message}`)
    const timer = setTimeout(fail, START_TIMEOUT_MS, `not ready within ${START_TIMEOUT_MS} ms`)
    const read = (chunk: Buffer) => {
      output += chunk
      if (!READY.test(output)) return
      settle()
      resolve()
    }
    const settle = () => {
      clearTimeout(timer)
      child.off('exit', exited).off('error', broken)
      // Unread output would fill the pipe and stop the server.
      for (const stream of [child.stdout, child.stderr]) stream?.off('data', read).resume()
    }
    child.on('exit', exited).on('error', broken)
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', read)
  })
}

const flags = (values: Record<string, string>) =>
  Object.entries(values).flatMap(([name, value]) => [`--${name}`, value])
