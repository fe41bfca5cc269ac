import type { CacheService } from './services.js'

// biome-ignore lint/suspicious/noTsIgnore: without the framework the module is not there, which must not break a build
/** @ts-ignore types `c.get('cache')` where the framework is installed */
declare module '@gravito/core' {
  interface GravitoVariables {
    /** The cache of an `OrbitPlasma`. Stasis declares the same name, so this is not for applications that use its orbit. */
    cache?: CacheService
  }
  interface Container {
    /** The cache of an `OrbitPlasma`. */
    make(key: 'cache'): CacheService
  }
}

export type { CacheService }
