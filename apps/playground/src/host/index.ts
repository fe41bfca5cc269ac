export type {
  Context,
  GravitoVariables,
  Handler,
  HttpAdapter,
  Middleware,
  Router,
} from './adapter.js'
export { Container } from './container.js'
export { type GravitoConfig, type GravitoOrbit, type Liftoff, PlanetCore } from './core.js'
export { consoleLogger, type Logger } from './logger.js'
export { ServiceProvider } from './service-provider.js'
