import { randomUUID } from 'node:crypto'
import type { ConnectionConfig, RedisManager } from '@gravito/plasma'
import { OrbitPlasma } from '@gravito/plasma-orbit'
import { startRedis } from '@gravito/redis-testing'
import { Audit } from './audit/audit.js'
import { Crew } from './crew/crew.js'
import { consoleLogger, type Logger, PlanetCore } from './kernel.js'
import { addPage } from './page.js'
import { Board } from './panels/board.js'
import { makePanels } from './panels/panels.js'
import { addRoutes } from './routes.js'
import { OrbitServices } from './services.js'

/** How a playground is made. */
export interface PlaygroundOptions {
  /** The folder to audit, absolute. */
  root: string
  workers: number
  workerFile: string | URL
  publicFolder: URL
  /** A Redis that runs; default: one of our own. */
  redisUrl?: string
  logger?: Logger
}

/** The application, booted; it does not listen yet. */
export interface Playground {
  core: PlanetCore
  audit: Audit
  board: Board
  crew: Crew
  redisUrl: string
  /** Ends the audit, its workers, the connections and a Redis of our own. Idempotent. */
  stop(): Promise<void>
}

/** What was acknowledged survives a restart. */
const KEEP = ['--appendonly', 'yes', '--appendfsync', 'everysec']

/** Boot the kernel with its orbits over a real Redis. */
export async function createPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { root, workers, workerFile, publicFolder, logger = consoleLogger } = options
  const server = options.redisUrl ? undefined : await startRedis({ args: KEEP })
  const connection: ConnectionConfig = { url: options.redisUrl ?? server?.url }
  try {
    const core = await PlanetCore.boot({
      logger,
      orbits: [
        new OrbitPlasma({
          autoConnect: true,
          exposeAs: 'redis',
          connections: { default: connection },
        }),
        new OrbitServices(),
      ],
    })
    const redis = core.services.get('redis') as RedisManager
    const audit = new Audit({ redis, connection, root, workers, workerFile })
    const stage = `playground:${randomUUID().slice(0, 8)}`
    const crew = new Crew({ file: workerFile, redis: connection, stage })
    const panels = makePanels(redis, crew, stage, {
      restart: server && (() => server.restart()),
      refusal: () =>
        audit.isRunning ? 'An audit runs; restart Redis when it has ended.' : undefined,
    })
    const board = new Board(crew, panels)
    addRoutes(core, audit, board)
    await addPage(core, publicFolder)
    core.hooks.addAction('app:stop', () => audit.stop())
    core.hooks.addAction('app:stop', () => endStage(board, redis, stage))
    let stopping: Promise<void> | undefined
    const stop = async () => {
      await core.hooks.doAction('app:stop', core)
      await core.hooks.doAction('core:shutdown', core)
      await server?.stop()
    }
    return {
      core,
      audit,
      board,
      crew,
      redisUrl: String(connection.url),
      stop: () => {
        stopping ??= stop()
        return stopping
      },
    }
  } catch (error) {
    await server?.stop()
    throw error
  }
}

/** End the crew and leave nothing of it in Redis. */
async function endStage(board: Board, redis: RedisManager, stage: string): Promise<void> {
  await board.stop()
  if (!board.wasUsed || !(await redis.health()).ok) return
  for await (const key of redis.scanIterator({ match: `${stage}:*`, count: 500 }))
    await redis.unlink(key)
}
