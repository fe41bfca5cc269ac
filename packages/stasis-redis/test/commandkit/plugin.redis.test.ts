import { RedisClient } from '@gravito/plasma'
import { startRedis } from '@gravito/redis-testing'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { type CacheProvider, cached, functionStore, redis, revalidateTag } from '../../src/index.js'
import { runApp } from './app.js'

async function ownServer() {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  return server
}

describe("the document's examples, with nothing but the import changed", () => {
  test('the plugin: functions that say use cache are cached in Redis', async () => {
    const { port } = await ownServer()
    const program = `
      import { defineConfig, start } from 'commandkit';
      import { useCache } from '@commandkit/cache';
      import { redis } from '@gravito/stasis-redis';

      const config = defineConfig({
        plugins: [redis({ port: process.env.PORT, password: undefined })],
      });

      let asked = 0;
      const getFromDatabase = async name => ({ name, asked: ++asked });
      const getCachedData = useCache(async function getCachedData() {
        const data = await getFromDatabase('something');

        return data;
      });

      const app = await start(config);
      console.log(app.activated.join());
      console.log(JSON.stringify(await getCachedData()));
      console.log(JSON.stringify(await getCachedData()));
      await Promise.all(app.stop());
    `
    const first = await runApp(program, { PORT: String(port) })
    expect(first).toEqual([
      'RedisPlugin',
      '{"name":"something","asked":1}',
      '{"name":"something","asked":1}',
    ])
    const second = await runApp(program.replace('asked = 0', 'asked = 7'), { PORT: String(port) })
    expect(second).toEqual(first)
  }, 60_000)

  test('the provider, configured by hand', async () => {
    const { port } = await ownServer()
    const lines = await runApp(
      `
      import { setCacheProvider, useCache } from '@commandkit/cache';
      import { RedisCacheProvider } from '@gravito/stasis-redis';
      import { Redis } from 'ioredis';

      // configure the redis client as needed
      const redis = new Redis(process.env.PORT);
      const redisProvider = new RedisCacheProvider(redis);

      setCacheProvider(redisProvider)

      let calls = 0;
      const twice = useCache(async function twice() { return { calls: ++calls, at: new Date(0) } }, 60_000);
      await twice();
      console.log((await twice()).calls, (await twice()).at instanceof Date);
      console.log((await redis.keys('*')).join());
      await redis.quit();
    `,
      { PORT: String(port) },
    )
    expect(lines).toEqual(['1 true', 'commandkit:cache:twice:[]'])
  }, 60_000)
})

test('the copies of commandkit may be handed over; deactivate closes what was opened', async () => {
  class RuntimePlugin {
    constructor(readonly options: object) {}
  }
  let provider: CacheProvider | undefined
  const setCacheProvider = (next: CacheProvider) => {
    provider = next
  }
  const plugin = redis(inject('redisUrl'), { modules: { RuntimePlugin, setCacheProvider } })
  expect(plugin).toBeInstanceOf(RuntimePlugin)
  expect(plugin.name).toBe('RedisPlugin')
  await plugin.activate({})
  await provider?.set('plugin', 1, 60_000)
  expect(await provider?.get('plugin')).toMatchObject({ value: 1 })
  let calls = 0
  const counted = cached(() => ++calls, { key: 'plugin-test', tags: ['plugin-test'], ttl: '1m' })
  expect([await counted(), await counted()]).toEqual([1, 1])
  await revalidateTag('plugin-test')
  expect(await counted()).toBe(2)
  await functionStore().flush()
  await provider?.clear()
  await plugin.deactivate({})
  await plugin.deactivate({})
})

test('without CommandKit it is a plain plugin, which says what is missing', async () => {
  const plugin = redis({ port: 1 })
  await expect(plugin.activate({})).rejects.toThrow('@commandkit/cache')
  expect(() => redis({ prot: 1 } as never)).toThrow('port')
})

test('its type is what the place asks for, and nothing stays open when it is deactivated', async () => {
  abstract class RuntimePlugin {
    abstract readonly name: string
    constructor(protected readonly options: object) {}
    async activate(_context: object): Promise<void> {}
    async deactivate(_context: object): Promise<void> {}
  }
  const defineConfig = (config: { plugins: (RuntimePlugin | RuntimePlugin[])[] }) => config
  const modules = { RuntimePlugin: RuntimePlugin as never, setCacheProvider: () => undefined }
  const client = new RedisClient({ url: inject('redisUrl') })
  onTestFinished(() => client.disconnect())
  const config = defineConfig({ plugins: [redis(client, { modules })] })
  const [plugin] = config.plugins.flat()
  await plugin?.activate({})
  expect(functionStore()).toBe(functionStore())
  await plugin?.deactivate({})
  expect(await client.ping()).toBe('PONG')
})
