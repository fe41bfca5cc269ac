import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { consoleLogger } from './kernel.js'
import { type Options, parseOptions, USAGE, UsageError } from './options.js'
import { createPlayground, type Playground } from './playground.js'
import { listen } from './server.js'
import { Progress, summary } from './terminal.js'

const SHOW_EVERY_MS = 150
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

try {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) console.log(USAGE)
  else await run(options)
} catch (error) {
  const isUsage = error instanceof UsageError
  console.error(isUsage ? `${error.message}\n\n${USAGE}` : describe(error))
  process.exitCode = isUsage ? 2 : 1
}

async function run(options: Options): Promise<void> {
  let isBooted = false
  let isEnding = false
  const playground = await createPlayground({
    root: options.input ?? project(),
    workers: options.workers,
    workerFile: new URL('./worker.js', import.meta.url),
    publicFolder: new URL('../public/', import.meta.url),
    redisUrl: redisUrl(),
    logger: {
      ...consoleLogger,
      // Ctrl-C reaches a Redis of our own as well: its end is no news then.
      warn: message => void (isEnding || console.warn(message)),
      // A boot that fails rejects, too.
      error: message => void (isBooted && console.error(message)),
    },
  })
  isBooted = true
  const ended = new AbortController()
  const end = () => {
    isEnding = true
    ended.abort()
  }
  for (const signal of SIGNALS) process.on(signal, end)
  try {
    await (options.once
      ? auditOnce(playground, ended.signal)
      : serve(playground, options, ended.signal))
  } finally {
    isEnding = true
    await playground.stop()
    for (const signal of SIGNALS) process.off(signal, end)
  }
}

/** The process's exit code says whether the totals were right. */
async function auditOnce(playground: Playground, signal: AbortSignal): Promise<void> {
  console.log(`Redis: ${withoutSecrets(playground.redisUrl)}`)
  const state = await showAudit(playground, signal)
  process.exitCode = state?.equal ? 0 : 1
}

async function serve(playground: Playground, options: Options, signal: AbortSignal): Promise<void> {
  const { core } = playground
  const server = await listen(core.liftoff(options.port).fetch, options.port)
  try {
    console.log(`Redis:      ${withoutSecrets(playground.redisUrl)}`)
    console.log(`Playground: ${server.url}   (Ctrl-C ends it)`)
    await showAudit(playground, signal)
    if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve))
    console.log('Ending …')
  } finally {
    await server.close()
  }
}

async function showAudit({ audit }: Playground, signal: AbortSignal) {
  const progress = new Progress()
  const stop = () => void audit.stop()
  signal.addEventListener('abort', stop)
  const timer = setInterval(async () => {
    const state = await audit.state().catch(() => undefined)
    if (state && audit.isRunning) progress.show(state)
  }, SHOW_EVERY_MS)
  const state = await audit.start()
  clearInterval(timer)
  signal.removeEventListener('abort', stop)
  progress.end()
  if (signal.aborted) return undefined
  console.log(summary(state))
  return state
}

/** The folder of the monorepo: the nearest one above with workspaces. */
function project(): string {
  for (let at = path.dirname(fileURLToPath(import.meta.url)); ; at = path.dirname(at)) {
    const manifest = path.join(at, 'package.json')
    if (existsSync(manifest) && 'workspaces' in JSON.parse(readFileSync(manifest, 'utf8')))
      return at
    if (at === path.dirname(at)) return process.cwd()
  }
}

/** @throws UsageError */
function redisUrl(): string | undefined {
  const url = process.env.REDIS_URL
  if (!url) return undefined
  if (!URL.canParse(url))
    throw new UsageError('REDIS_URL is no URL; write redis://host:6379, or unset it.')
  return url
}

function withoutSecrets(url: string): string {
  const at = new URL(url)
  if (at.password) at.password = '***'
  return at.href
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
