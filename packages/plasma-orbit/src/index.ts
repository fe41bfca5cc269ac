export type { GravitoCore, GravitoLogger, GravitoMiddleware, GravitoSettings } from './gravito.js'
export type {
  ConnectionHealth,
  HealthHandler,
  HealthHandlerOptions,
  OrbitHealth,
} from './health.js'
export type { BootPolicy, OrbitPlasmaOptions, OrbitSettings } from './options.js'
export { OrbitPlasma } from './orbit.js'
export { type GravitoContainer, type PlasmaProvider, plasmaProvider } from './provider.js'
export type {
  CacheService,
  CacheServiceOptions,
  LocksService,
  LocksServiceOptions,
  NotInstalled,
  ServicePlace,
} from './services.js'
