import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const modules = path.join(import.meta.dirname, '../../../node_modules')

const LINKED = [
  '@gravito/plasma',
  '@gravito/plasma-orbit',
  '@types',
  'denque',
  'ioredis',
  'undici-types',
]
const OPTIONAL = ['@gravito/redis-locks', '@gravito/stasis-redis']

const KERNEL = `
export interface GravitoVariables {}
export interface Context {
  get<K extends keyof GravitoVariables>(key: K): GravitoVariables[K]
  set(key: string, value: unknown): void
}
export interface GravitoOrbit { install(core: PlanetCore): void | Promise<void> }
export class Container {
  private bindings: unknown
  singleton<T>(key: string, factory: (container: Container) => T): void
  instance<T>(key: string, value: T): void
  forget(key: string): void
  make<T>(key: string): T
}
export abstract class ServiceProvider {
  protected core?: PlanetCore
  deferred: boolean
  provides(): string[]
  abstract register(container: Container): void | Promise<void>
  boot?(core: PlanetCore): void | Promise<void>
}
export interface Router { get(path: string, handler: (context: Context) => Response | Promise<Response>): Router }
export interface PlanetCore {
  register(provider: ServiceProvider): this
  readonly router: Router
  readonly config: { get<T>(key: string, defaultValue?: T): T; has(key: string): boolean }
  readonly container: Container
  readonly services: Map<string, unknown>
  readonly hooks: { addAction<T>(hook: string, callback: (args: T) => Promise<void> | void): void }
  readonly logger: Record<'debug' | 'info' | 'warn' | 'error', (message: string, ...args: unknown[]) => void>
  readonly adapter: {
    use(path: string, ...middleware: ((
      context: Context, next: () => Promise<void>) => Response | undefined | Promise<Response | undefined>)[]): void
  }
}`

const WITH_FRAMEWORK = `
import { type Context, type GravitoOrbit, type PlanetCore, ServiceProvider } from '@gravito/core'
import { OrbitPlasma, plasmaProvider } from '@gravito/plasma-orbit'
export const instances: GravitoOrbit[] = [new OrbitPlasma({ host: 'localhost' }), new OrbitPlasma()]
export const classes: (new () => GravitoOrbit)[] = [OrbitPlasma]
export const ping = async (c: Context): Promise<string | undefined> => c.get('redis')?.ping()
export const made = async (core: PlanetCore): Promise<string> => core.container.make('redis').ping()
export const other = (core: PlanetCore): number => core.container.make<number>('other')
export class RedisProvider extends plasmaProvider(ServiceProvider, { port: 1 }) {}
export const register = (core: PlanetCore) => core.register(new RedisProvider())
export const connections = new RedisProvider().orbit.manager.connections()
export const health = (core: PlanetCore, orbit: OrbitPlasma) => core.router.get('/health', orbit.healthHandler())
import '@gravito/plasma-orbit/cache'
export const services = new OrbitPlasma({ locks: { ttlMs: 1 }, cache: { prefix: 'x:' }, port: 1 })
export const lock = async (c: Context): Promise<number | undefined> => c.get('locks')?.withLock('a', () => 1)
export const cached = async (c: Context): Promise<string | null | undefined> => c.get('cache')?.get<string>('a')
export const held = (core: PlanetCore): number => core.container.make('locks').held + (services.locks?.held ?? 0)
// @ts-expect-error an unknown option of a service
export const service = new OrbitPlasma({ locks: { ttl: 1 }, port: 1 })
// @ts-expect-error an unknown policy
export const policy = new OrbitPlasma({ boot: 'later' })`

const WITHOUT_FRAMEWORK = `
import { OrbitPlasma } from '@gravito/plasma-orbit'
export const orbit = new OrbitPlasma({ connections: { default: { port: 6379 } }, autoConnect: false })
export const services = new OrbitPlasma({ locks: true, cache: true })
// @ts-expect-error the package of the locks is not installed
export const held: number | undefined = services.locks?.held
export const missing: '@gravito/redis-locks' | undefined = services.locks?.['install the package']
export const missingToo: '@gravito/stasis-redis' | undefined = services.cache?.['install the package']
export const place = new OrbitPlasma({ locks: { exposeAs: 'guard' }, port: 1 })
// @ts-expect-error an option of a package that is not installed
export const ttl = new OrbitPlasma({ locks: { ttlMs: 1 }, port: 1 })
// @ts-expect-error an unknown option
export const typo = new OrbitPlasma({ autoconnect: false })`

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orbit-typing-'))
  mkdirSync(path.join(folder, 'node_modules/@gravito'), { recursive: true })
  for (const name of LINKED) link(name)
})

afterEach(() => rmSync(folder, { recursive: true }))

const link = (name: string) =>
  symlinkSync(path.join(modules, name), path.join(folder, 'node_modules', name))

/** What the compiler says to a user's file; nothing when it is content. */
async function compile(source: string): Promise<string> {
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      module: 'NodeNext',
      target: 'ES2022',
      lib: ['ES2022'],
      types: ['node'],
      preserveSymlinks: true,
      skipLibCheck: false,
      skipDefaultLibCheck: true,
    },
    files: ['main.ts'],
  }
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config))
  writeFileSync(path.join(folder, 'main.ts'), source)
  return new Promise(resolve => {
    execFile(process.execPath, [tsc, '-p', folder], (_, stdout) => resolve(stdout))
  })
}

describe('the published types', { timeout: 180_000 }, () => {
  it('fit Gravito’s kernel and type the request’s context', async () => {
    for (const name of OPTIONAL) link(name)
    const core = path.join(folder, 'node_modules/@gravito/core')
    mkdirSync(core)
    writeFileSync(path.join(core, 'package.json'), '{ "type": "module", "types": "index.d.ts" }')
    writeFileSync(path.join(core, 'index.d.ts'), KERNEL)
    expect(await compile(WITH_FRAMEWORK)).toBe('')
  })

  it('compile in a project without the framework and the optional packages', async () => {
    expect(await compile(WITHOUT_FRAMEWORK)).toBe('')
  })
})
