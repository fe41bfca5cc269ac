import type { ConnectionConfig, Health, RedisConfig, RedisManager } from '@gravito/plasma'

/** How one connection of an orbit is. */
export interface ConnectionHealth extends Health {
  /** The application cannot do without it; false for `boot: 'optional'`. */
  required: boolean
}

/** How every connection of an orbit is. */
export interface OrbitHealth {
  /** Every required connection answers. */
  ok: boolean
  /** `degraded`: an optional connection is away. `down`: a required one is, or the orbit is not installed. */
  status: 'ok' | 'degraded' | 'down'
  connections: Record<string, ConnectionHealth>
}

/** What a health handler tells. */
export interface HealthHandlerOptions {
  /** Also why a connection is away, which names addresses; passwords are left out. Default false. */
  errors?: boolean
}

/** Answers 200, or 503 when a required connection is away, with an `OrbitHealth` as JSON; needs nothing of its context. */
export type HealthHandler = () => Promise<Response>

export const DOWN: OrbitHealth = { ok: false, status: 'down', connections: {} }

/** Ask every connection; never rejects, and takes a second at most. */
export async function checkConnections(
  manager: RedisManager,
  config: RedisConfig,
  isRequired: (name: string) => boolean,
): Promise<OrbitHealth> {
  const entries = await Promise.all(
    manager.connections().map(async name => {
      const health = await manager.connection(name).health()
      const { error } = health
      const hidden = error === undefined ? {} : { error: withoutSecrets(error, config) }
      return [name, { ...health, ...hidden, required: isRequired(name) }] as const
    }),
  )
  const ok = entries.every(([, it]) => it.ok || !it.required)
  const all = entries.every(([, it]) => it.ok)
  return {
    ok,
    status: all ? 'ok' : ok ? 'degraded' : 'down',
    connections: Object.fromEntries(entries),
  }
}

/** Callers at the same time share one check, so that a flood of probes asks Redis once. */
export function healthHandler(
  check: () => Promise<OrbitHealth>,
  { errors = false }: HealthHandlerOptions = {},
): HealthHandler {
  let running: Promise<OrbitHealth> | undefined
  return async () => {
    running ??= check().finally(() => {
      running = undefined
    })
    const { ok, status, connections } = await running
    const shown = Object.entries(connections).map(([name, health]) => {
      const { error, latencyMs, ...rest } = health
      return [
        name,
        {
          ...rest,
          ...(latencyMs === undefined ? {} : { latencyMs: Math.round(latencyMs * 100) / 100 }),
          ...(errors && error !== undefined ? { error } : {}),
        },
      ]
    })
    return Response.json(
      { ok, status, connections: Object.fromEntries(shown) },
      { status: ok ? 200 : 503, headers: { 'cache-control': 'no-store' } },
    )
  }
}

/** `message` with every password of the configuration as `***`. */
function withoutSecrets(message: string, { connections }: RedisConfig): string {
  return Object.values(connections)
    .flatMap(secretsOf)
    .reduce((text, secret) => text.replaceAll(secret, '***'), message)
}

function secretsOf({ url, password }: ConnectionConfig): string[] {
  const inUrl = url === undefined ? '' : new URL(url).password
  const given = typeof password === 'string' ? password : ''
  return [given, inUrl, decoded(inUrl)].filter(it => it !== '')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
