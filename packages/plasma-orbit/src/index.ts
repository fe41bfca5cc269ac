export type { GravitoCore, GravitoLogger, GravitoMiddleware, GravitoSettings } from './gravito.js'
export type { OrbitPlasmaOptions, OrbitSettings } from './options.js'
export { type OrbitHealth, OrbitPlasma } from './orbit.js'
