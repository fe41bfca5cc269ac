import type { BenchmarkClient } from '../client.js'
import { openIoredis } from './ioredis.js'
import { openNodeRedis } from './node-redis.js'
import { openPlasma } from './plasma.js'

/** How each client is opened, by the name in the table; the first one is what the others are compared with. */
export const CLIENTS = {
  ioredis: openIoredis,
  plasma: openPlasma,
  'node-redis': openNodeRedis,
} as const satisfies Record<string, (url: string) => Promise<BenchmarkClient>>

/** A client’s name in the table. */
export type ClientName = keyof typeof CLIENTS

/** In the order of the table. */
export const CLIENT_NAMES = Object.keys(CLIENTS) as ClientName[]
