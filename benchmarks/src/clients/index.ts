import type { BenchmarkClient } from '../client.js'
import { openAutoPipelined, openIoredis } from './ioredis.js'
import { openIovalkey } from './iovalkey.js'
import { openNodeRedis, openUntimed } from './node-redis.js'
import { openPlain, openPlasma } from './plasma.js'

/** How each client is opened, by the name in the table; the first one is what the others are compared with. */
export const CLIENTS = {
  ioredis: (url: string) => openIoredis(url),
  plasma: (url: string) => openPlasma(url),
  'plasma, fastPath: false': openPlain,
  'ioredis, auto-pipelining': openAutoPipelined,
  'node-redis': (url: string) => openNodeRedis(url),
  'node-redis, no timeout': openUntimed,
  iovalkey: openIovalkey,
} as const satisfies Record<string, (url: string) => Promise<BenchmarkClient>>

/** A client’s name in the table. */
export type ClientName = keyof typeof CLIENTS

/** In the order of the table. */
export const CLIENT_NAMES = Object.keys(CLIENTS) as ClientName[]
