export {
  type CachedOptions,
  cached,
  functionStore,
  revalidateTag,
  setFunctionStore,
} from './cached.js'
export type { Duration } from './duration.js'
export { type PluginOptions, redis } from './plugin.js'
export { type ProviderOptions, RedisCacheProvider } from './provider.js'
export type { CacheEntry, CacheProvider, CommandKitModules, CommandKitPlugin } from './types.js'
