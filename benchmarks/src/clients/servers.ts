import { findRedis, startCluster, startRedis, startTlsRedis } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import type { Target } from './target.js'

/** The servers of one setting. */
export interface Servers {
  readonly target: Target
  /** Name and version. */
  readonly version: string
  /** The CPU that they have used until now, user and system, in microseconds. */
  cpuMicros(): Promise<number>
  /** Removes the benchmark's keys, and stops what was started. */
  stop(keyPrefix: string): Promise<void>
}

/** Start them; a single server is that of REDIS_URL, if there is one. */
export async function startServers(kind: Target['kind']): Promise<Servers> {
  const { target, stop } = await start(kind)
  const nodes = await connect(target)
  const [first] = nodes
  if (!first) throw new Error('there is no server')
  return {
    target,
    version: versionOf(await first.info('server')),
    cpuMicros: async () => {
      const reports = await Promise.all(nodes.map(node => node.info('cpu')))
      return reports.map(cpuMicrosOf).reduce((sum, each) => sum + each, 0)
    },
    stop: async keyPrefix => {
      await Promise.all(nodes.map(node => removeKeys(node, keyPrefix)))
      for (const node of nodes) node.disconnect()
      await stop()
    },
  }
}

async function start(
  kind: Target['kind'],
): Promise<{ target: Target; stop: () => Promise<unknown> }> {
  switch (kind) {
    case 'single': {
      if (process.env.REDIS_URL) {
        const { url } = await findRedis()
        if (!url) throw new Error('REDIS_URL names no server')
        return { target: { kind, url }, stop: async () => undefined }
      }
      const server = await startRedis()
      return { target: { kind, url: server.url }, stop: () => server.stop() }
    }
    case 'tls': {
      const { url, ca, stop } = await startTlsRedis()
      return { target: { kind, url, ca }, stop }
    }
    case 'cluster': {
      const { nodes, stop } = await startCluster({ masters: 3, replicas: 0 })
      return { target: { kind, nodes }, stop }
    }
  }
}

async function connect(target: Target): Promise<Redis[]> {
  if (target.kind === 'cluster') return target.nodes.map(node => new Redis(node))
  return [new Redis(target.url, target.kind === 'tls' ? { tls: { ca: target.ca } } : {})]
}

async function removeKeys(node: Redis, keyPrefix: string): Promise<void> {
  for await (const keys of node.scanStream({ match: `${keyPrefix}*`, count: 1_000 })) {
    await Promise.all((keys as string[]).map(key => node.unlink(key)))
  }
}

function versionOf(info: string): string {
  const [, name = 'Redis'] = /server_name:(\w+)/.exec(info) ?? []
  const [, version = '?'] = /(?:valkey|redis)_version:(\S+)/.exec(info) ?? []
  return `${name} ${version}`
}

function cpuMicrosOf(info: string): number {
  const seconds = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1])
  return (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1e6
}
