import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createManager } from '@gravito/plasma'
import { createLocks } from '@gravito/redis-locks'
import { uniquePrefix, waitUntil } from '@gravito/redis-testing'
import { describe, expect, inject, it, onTestFinished } from 'vitest'

const url = inject('redisUrl')
const program = path.join(import.meta.dirname, 'fixtures/app.mjs')

interface App {
  readonly prefix: string
  readonly child: ChildProcess
  readonly lines: string[]
  readonly ended: Promise<unknown[]>
}

/** The application, once it holds its lock. */
async function start(holdMs: number, options: object = {}, own = ''): Promise<App> {
  const prefix = uniquePrefix('orbit-signals')
  const child = spawn(
    process.execPath,
    [program, prefix, String(holdMs), JSON.stringify(options), own],
    { env: { ...process.env, REDIS_URL: url }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const lines: string[] = []
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    lines.push(...text.split('\n').filter(line => line !== ''))
  })
  const ended = once(child, 'close')
  onTestFinished(() => void child.kill('SIGKILL'))
  await waitUntil('the application is ready', () => lines.includes('ready'), { timeoutMs: 15_000 })
  return { prefix, child, lines, ended }
}

function redisOf({ prefix }: App) {
  const redis = createManager({ connections: { default: { url, keyPrefix: prefix } } })
  onTestFinished(() => redis.disconnect())
  return redis
}

describe('signals: true', { timeout: 40_000 }, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s fires the hook, waits for the lock and ends the process by that signal',
    async signal => {
      const app = await start(300)
      app.child.kill(signal)
      await waitUntil('the hook has run', () => app.lines.includes('hook'), { timeoutMs: 10_000 })
      app.child.kill('SIGUSR2')
      expect(await app.ended).toEqual([null, signal])
      expect(app.lines).toEqual(['ready', 'hook', 'released'])
      const redis = redisOf(app)
      expect(await redis.get('work')).toBe('done')
      expect(await createLocks(redis).mutex('job').inspect()).toBeNull()
    },
  )

  it('leaves a lock to its holder when the time is over, and ends all the same', async () => {
    const app = await start(0, { shutdownTimeoutMs: 300 })
    const redis = redisOf(app)
    app.child.kill('SIGTERM')
    expect(await app.ended).toEqual([null, 'SIGTERM'])
    expect(app.lines.join()).toMatch(/1 locks? (is|are) held after 300 ms/)
    expect(await createLocks(redis).mutex('job').inspect()).not.toBeNull()
  })

  it('a second signal ends the process at once', async () => {
    const app = await start(0, { shutdownTimeoutMs: 600_000 })
    app.child.kill('SIGTERM')
    await waitUntil('the hook has run', () => app.lines.includes('hook'), { timeoutMs: 10_000 })
    app.child.kill('SIGTERM')
    expect(await app.ended).toEqual([null, 'SIGTERM'])
    expect(app.lines).not.toContain('released')
  })

  it('leaves the end to an application that listens too', async () => {
    const app = await start(0, { shutdownTimeoutMs: 100 }, 'listens')
    app.child.kill('SIGTERM')
    expect(await app.ended).toEqual([7, null])
    expect(app.lines).toContain('hook')
  })
})
