export { RedisAdapter, type RedisAdapterOptions } from './adapter.js'
export type { TrivaAdapter, TrivaStats } from './types.js'
