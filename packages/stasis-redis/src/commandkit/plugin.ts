import { createRequire } from 'node:module'
import path from 'node:path'
import { RedisConfigError } from '@gravito/plasma'
import { type ClientSource, clientFrom, isConnectionName } from '../source.js'
import { makeFunctionStore, setFunctionStore } from './cached.js'
import { type ProviderOptions, RedisCacheProvider } from './provider.js'
import type { CommandKitModules, CommandKitPlugin } from './types.js'

/** How the plugin behaves. */
export interface PluginOptions extends ProviderOptions {
  /** The application's `commandkit` and `@commandkit/cache`; default: what its folder has installed. */
  modules?: CommandKitModules
}

/**
 * The plugin of CommandKit: its cache is in Redis from now on, and so are the results of `cached`.
 *
 * CommandKit knows a plugin by its class, so the plugin extends the one in the application's own copy of `commandkit`,
 * looked up from the folder that the application runs in.
 *
 * @param client what to run on; default: the `Redis` facade, else 127.0.0.1:6379
 * @example
 * export default defineConfig({ plugins: [redis()] })
 * @throws RedisConfigError naming the option
 */
export function redis(client?: ClientSource, options: PluginOptions = {}): CommandKitPlugin {
  const { modules = {}, ...providerOptions } = options
  const Base = modules.RuntimePlugin ?? installed('commandkit')?.RuntimePlugin ?? Object
  const source = clientFrom(client, 'commandkit')
  const shared = client === undefined || isConnectionName(client) ? client : source.client()
  const provider = new RedisCacheProvider(shared, providerOptions)
  const { onError } = providerOptions

  class RedisPlugin extends (Base as new (options: object) => object) {
    readonly name = 'RedisPlugin'

    async activate(): Promise<void> {
      const { setCacheProvider } = { ...installed('@commandkit/cache'), ...modules }
      if (!setCacheProvider) {
        const problem =
          'is not found: install @commandkit/cache, or hand its function over in modules'
        throw new RedisConfigError('modules.setCacheProvider', problem)
      }
      setCacheProvider(provider as never)
      setFunctionStore(makeFunctionStore(shared, onError && { onError }))
    }

    async deactivate(): Promise<void> {
      setFunctionStore(undefined)
      await Promise.all([provider.disconnect(), source.close()])
    }
  }
  return new RedisPlugin({})
}

/** A module as the application itself would get it, `undefined` when it has none. */
function installed(name: string): CommandKitModules | undefined {
  const starts = [process.cwd(), ...(process.argv[1] ? [path.dirname(process.argv[1])] : [])]
  for (const folder of starts) {
    const require = createRequire(path.join(folder, 'index.js'))
    try {
      return require(name) as CommandKitModules
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code !== 'MODULE_NOT_FOUND' || !message.includes(`'${name}'`)) throw error
    }
  }
  return undefined
}
