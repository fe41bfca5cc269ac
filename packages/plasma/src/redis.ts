import { RedisManager } from './manager.js'

const FACADE = Symbol.for('@gravito/plasma.Redis')
const shared = globalThis as { [FACADE]?: RedisManager }
shared[FACADE] ??= new RedisManager()

/**
 * The application's Redis: `Redis.configure(…)` once, then `Redis.get('key')` anywhere. The ESM and the CommonJS
 * copy of this package in one process share it.
 */
export const Redis: RedisManager = shared[FACADE]
