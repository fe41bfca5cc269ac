import type { RedisClient } from './client.js'
import type { ConnectionStatus } from './connection/connection.js'

/** How a connection is, asked within a second. */
export interface Health {
  ok: boolean
  status: ConnectionStatus
  /** Milliseconds of one round trip. */
  latencyMs?: number
  /** What the server is; absent in a Cluster, and where the user may not ask. */
  role?: 'master' | 'replica' | 'sentinel'
  error?: string
}

const DEADLINE_MS = 1_000

/** Ask a client's server for a sign of life. */
export async function checkHealth(client: RedisClient): Promise<Health> {
  const started = performance.now()
  const asked = client.with({ commandTimeout: DEADLINE_MS })
  const role = client.isCluster ? undefined : asked.send<unknown[]>('role', [], []).catch(() => [])
  try {
    await asked.ping()
    const latencyMs = performance.now() - started
    const [name] = (await role) ?? []
    return {
      ok: true,
      status: client.status,
      latencyMs,
      ...(name ? { role: name === 'slave' ? 'replica' : (name as 'master' | 'sentinel') } : {}),
    }
  } catch (error) {
    return { ok: false, status: client.status, error: (error as Error).message }
  }
}
