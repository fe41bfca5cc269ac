import type { ConnectionConfig, RedisManager } from '@gravito/plasma'
import { OrbitPlasma } from '@gravito/plasma-orbit'
import { startRedis } from '@gravito/redis-testing'
import { Audit } from './audit/audit.js'
import { consoleLogger, type Logger, PlanetCore } from './kernel.js'
import { addPage } from './page.js'
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
  redisUrl: string
  /** Ends the audit, its workers, the connections and a Redis of our own. Idempotent. */
  stop(): Promise<void>
}

/** Boot the kernel with its orbits over a real Redis. */
export async function createPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { root, workers, workerFile, publicFolder, logger = consoleLogger } = options
  const server = options.redisUrl ? undefined : await startRedis()
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
    addRoutes(core, audit)
    await addPage(core, publicFolder)
    core.hooks.addAction('app:stop', () => audit.stop())
    let stopping: Promise<void> | undefined
    const stop = async () => {
      await core.hooks.doAction('app:stop', core)
      await core.hooks.doAction('core:shutdown', core)
      await server?.stop()
    }
    return {
      core,
      audit,
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
