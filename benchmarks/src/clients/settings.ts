import type { ClientName } from './adapters/index.js'
import type { CASES } from './cases.js'
import type { Target } from './target.js'

/** One table: who is measured with what, on which servers and runtime; the first client is the base. */
export interface Setting {
  readonly title: string
  readonly runtime: 'node' | 'bun'
  readonly target: Target['kind']
  readonly cases: keyof typeof CASES
  readonly clients: readonly ClientName[]
  /** Also how memory grows, and how long small replies wait behind a large one? */
  readonly extras?: boolean
}

export const SETTINGS: readonly Setting[] = [
  {
    title: 'Node, one server',
    runtime: 'node',
    target: 'single',
    cases: 'full',
    clients: [
      'ioredis',
      'plasma',
      'plasma, fastPath: false',
      'ioredis, auto-pipelining',
      'node-redis',
      'node-redis, no timeout',
      'valkey-glide',
      'iovalkey',
    ],
    extras: true,
  },
  {
    title: 'Node, Cluster of 3 masters',
    runtime: 'node',
    target: 'cluster',
    cases: 'short',
    clients: ['ioredis', 'plasma', 'node-redis', 'node-redis, no timeout', 'valkey-glide'],
  },
  {
    title: 'Node, TLS',
    runtime: 'node',
    target: 'tls',
    cases: 'short',
    clients: ['ioredis', 'plasma', 'node-redis', 'node-redis, no timeout', 'valkey-glide'],
  },
  {
    title: 'Bun, one server',
    runtime: 'bun',
    target: 'single',
    cases: 'core',
    clients: ['ioredis', 'plasma', 'Bun native'],
  },
]
