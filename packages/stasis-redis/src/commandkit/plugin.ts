import { createRequire } from 'node:module'
import path from 'node:path'
import { Redis, RedisConfigError } from '@gravito/plasma'
import { type ClientSource, clientFrom, isConnectionName } from '../client/source.js'
import type { RedisStore } from '../store/store.js'
import { functionStore, makeFunctionStore, setFunctionStore } from './cached.js'
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
 * Its type is the one that the place asks for, which is a class of that copy.
 *
 * @param client what to run on; default: the `Redis` facade, else 127.0.0.1:6379
 * @example
 * export default defineConfig({ plugins: [redis()] })
 * @throws RedisConfigError naming the option
 */
export function redis<Plugin = CommandKitPlugin>(
  client?: ClientSource,
  options: PluginOptions = {},
): Plugin {
  const { modules = {}, ...providerOptions } = options
  const Base = modules.RuntimePlugin ?? installed('commandkit')?.RuntimePlugin ?? Object
  const source = clientFrom(client, 'commandkit')
  const provider = new RedisCacheProvider(source.client, providerOptions)
  const { onError } = providerOptions
  let store: RedisStore | undefined

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
      const byName = isConnectionName(client) || (client === undefined && Redis.configured)
      store = makeFunctionStore(byName ? client : source.client(), onError && { onError })
      setFunctionStore(store)
    }

    async deactivate(): Promise<void> {
      if (store && store === functionStore()) setFunctionStore(undefined)
      await Promise.all([provider.disconnect(), store?.close()])
      store = undefined
      await source.close()
    }
  }
  return new RedisPlugin({}) as Plugin
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
