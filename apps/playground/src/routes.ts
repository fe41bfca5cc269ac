import { createHash } from 'node:crypto'
import { isRedisError, type RedisManager } from '@gravito/plasma'
import type { Locks } from '@gravito/redis-locks'
import type { RedisStore } from '@gravito/stasis-redis'
import type { Audit } from './audit/audit.js'
import { MANIFESTS_TAG } from './audit/keys.js'
import { MESSAGES_CHANNEL, streamEvents } from './events.js'
import { InvalidInput, nameFrom, readBody, text, wholeNumber } from './input.js'
import type { Context, Handler, PlanetCore } from './kernel.js'
import type { Board } from './panels/board.js'
import { NotNow } from './panels/panel.js'
import { addPanelRoutes } from './panels/panel-routes.js'

const COUNTER = 'playground:counter'
const CACHE_SECONDS = 10
const HASH_ROUNDS = 60_000

/** Register what the page calls. */
export function addRoutes(core: PlanetCore, audit: Audit, board: Board): void {
  const { router, logger } = core
  const answer =
    (handler: Handler): Handler =>
    async c => {
      try {
        return await handler(c)
      } catch (error) {
        const status = statusOf(error)
        if (status === 500) logger.error(`${c.req.url}: ${error}`)
        return c.json({ error: error instanceof Error ? error.message : String(error) }, status)
      }
    }

  router.get('/health/redis', async c => {
    const health = await c.get('redis')?.health()
    return c.json(health ?? { ok: false, status: 'idle' }, health?.ok ? 200 : 503)
  })

  router.get(
    '/api/audit',
    answer(async c => c.json(await audit.state())),
  )
  router.get(
    '/api/events',
    answer(c => streamEvents(service(c, 'redis'), audit, board)),
  )
  router.post(
    '/api/audit',
    answer(c => restart(c, audit)),
  )
  router.post(
    '/api/audit/kill',
    answer(async c => {
      await readBody(c, [])
      const killed = audit.killWorker()
      return killed ? c.json(killed) : c.json({ error: 'No worker is at work just now.' }, 409)
    }),
  )
  router.post('/api/counter', answer(count))
  router.get(
    '/api/counter',
    answer(async c => c.json({ value: await counted(c) })),
  )
  router.get('/api/cached/:key', answer(cached))
  router.post('/api/lock/:name', answer(hold))
  router.post('/api/publish', answer(publish))
  addPanelRoutes(core, board, answer)
}

async function restart(c: Context, audit: Audit): Promise<Response> {
  const { forget = false } = await readBody(c, ['forget'])
  if (typeof forget !== 'boolean') throw new InvalidInput('forget must be true or false.')
  if (audit.isRunning) return c.json({ error: 'An audit runs already.' }, 409)
  if (forget) await service(c, 'cache').flushTags([MANIFESTS_TAG])
  void audit.start()
  return c.json(await audit.state(), 202)
}

async function count(c: Context): Promise<Response> {
  const body = await readBody(c, ['by'])
  const by = wholeNumber(body, 'by', { min: -1_000, max: 1_000, initial: 1 })
  return c.json({ value: await service(c, 'redis').incrby(COUNTER, by) })
}

async function counted(c: Context): Promise<number> {
  return Number((await service(c, 'redis').get(COUNTER)) ?? 0)
}

async function cached(c: Context): Promise<Response> {
  const key = nameFrom(c, 'key')
  const startedAt = performance.now()
  let hit = true
  const value = await service(c, 'cache').remember(`page:${key}`, CACHE_SECONDS, () => {
    hit = false
    return expensive(key)
  })
  return c.json({ ...value, hit, tookMs: performance.now() - startedAt, seconds: CACHE_SECONDS })
}

async function hold(c: Context): Promise<Response> {
  const name = nameFrom(c, 'name')
  const body = await readBody(c, ['holdMs', 'waitMs'])
  const holdMs = wholeNumber(body, 'holdMs', { min: 1, max: 5_000, initial: 1_000 })
  const waitMs = wholeNumber(body, 'waitMs', { min: 0, max: 10_000, initial: 5_000 })
  const startedAt = performance.now()
  const lease = await service(c, 'locks').mutex(`page:${name}`).acquire({ waitMs })
  const waitedMs = performance.now() - startedAt
  try {
    await new Promise(resolve => setTimeout(resolve, holdMs))
  } finally {
    await lease.release()
  }
  return c.json({ name, token: String(lease.token), waitedMs, heldMs: holdMs })
}

async function publish(c: Context): Promise<Response> {
  const message = text(await readBody(c, ['message']), 'message', 500)
  const event = JSON.stringify({ message, at: Date.now() })
  return c.json({ receivers: await service(c, 'redis').publish(MESSAGES_CHANNEL, event) })
}

/** Some tens of milliseconds of honest work. */
function expensive(key: string): { value: string; computedAt: number } {
  let value = key
  for (let round = 0; round < HASH_ROUNDS; round++)
    value = createHash('sha256').update(value).digest('hex')
  return { value, computedAt: Date.now() }
}

interface Services {
  redis: RedisManager
  cache: RedisStore
  locks: Locks
}

function service<Name extends keyof Services>(c: Context, name: Name): Services[Name] {
  const found = c.get(name)
  if (!found) throw new Error(`The kernel has no service "${name}".`)
  return found as Services[Name]
}

function statusOf(error: unknown): number {
  if (error instanceof InvalidInput) return 400
  if (error instanceof NotNow || isRedisError(error, 'LOCK_TIMEOUT')) return 409
  return isRedisError(error) ? 503 : 500
}
