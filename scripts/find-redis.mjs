// Finds a Redis server, once: built-ins only, for it runs before the dependencies are there.
import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { pingRedis } from './ping-redis.mjs'
import { unpackDebianRedis } from './unpack-debian-redis.mjs'

/**
 * A server that runs somewhere (`url`), or the program of one (`file`); `how` says where it was found.
 *
 * @typedef {{ url: string, file?: undefined, how: string } | { file: string, url?: undefined, how: string }} FoundRedis
 */

const WELL_KNOWN = [
  '/usr/local/bin',
  '/usr/bin',
  '/opt/homebrew/bin',
  '/usr/local/opt/redis/bin',
  '/home/linuxbrew/.linuxbrew/bin',
]
const PROGRAMS = ['redis-server', 'valkey-server']
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/**
 * In this order: REDIS_URL, REDIS_SERVER_BIN, PATH and the well-known folders, the project's cache, the packages of
 * Debian or Ubuntu unpacked into that cache. What is set but does not work is an error, never passed over.
 *
 * @param {{ env?: NodeJS.ProcessEnv, cache?: string, folders?: readonly string[], needProgram?: boolean, log?: (line: string) => void }} [options]
 *   `needProgram` passes REDIS_URL over, for tests that start and stop servers of their own
 * @returns {Promise<FoundRedis>}
 */
export async function findRedis({
  env = process.env,
  cache = path.join(ROOT, '.cache', 'redis'),
  folders = WELL_KNOWN,
  needProgram = false,
  log = line => process.stderr.write(`${line}\n`),
} = {}) {
  if (env.REDIS_URL && !needProgram) {
    await pingRedis(env.REDIS_URL)
    return { url: env.REDIS_URL, how: 'the server of REDIS_URL' }
  }
  const chosen = env.REDIS_SERVER_BIN
  if (chosen) {
    const version = versionOf(chosen)
    if (version) return { file: chosen, how: `${version}, REDIS_SERVER_BIN` }
    throw new Error(
      `REDIS_SERVER_BIN is ${chosen}, which does not run as a Redis server. Correct it or unset it.`,
    )
  }
  const tried = []
  const installed = whereIs(env, folders, PROGRAMS)
  for (const file of installed) {
    const version = versionOf(file)
    if (version) return { file, how: `${version}, ${file}` }
    tried.push(`${file} does not run`)
  }
  if (installed.length === 0) tried.push(`no ${PROGRAMS.join(' or ')} on PATH`)

  const cached = path.join(cache, 'redis-server')
  const version = versionOf(cached)
  if (version) return { file: cached, how: `${version}, the project's cache` }
  tried.push(`nothing in the project's cache, ${cache}`)

  if (['apt-get', 'dpkg-deb'].some(name => whereIs(env, folders, [name]).length === 0)) {
    tried.push('no apt-get and dpkg-deb to fetch it with')
  } else {
    log("No Redis here: unpacking the distribution's into the project (nothing is installed) …")
    try {
      const file = unpackDebianRedis(cache, env)
      const fetched = versionOf(file)
      if (fetched) return { file, how: `${fetched}, the distribution's, in the project's cache` }
      tried.push('apt-get: the unpacked redis-server does not run on this system')
    } catch (error) {
      tried.push(`apt-get: ${lastLine(error)}`)
    }
  }
  throw new Error(
    `No Redis server found:\n${tried.map(it => `  - ${it}`).join('\n')}\n${advice(env, folders)}`,
  )
}

/** @param {NodeJS.ProcessEnv} env @param {readonly string[]} folders */
function advice(env, folders) {
  const has = (/** @type {string} */ name) => whereIs(env, folders, [name]).length > 0
  const ways = [
    has('brew') && 'brew install redis',
    has('apt-get') && 'sudo apt-get install redis-server',
    has('dnf') && 'sudo dnf install redis',
    has('pacman') && 'sudo pacman -S valkey',
    has('apk') && 'sudo apk add redis',
    process.platform === 'win32' && 'wsl sudo apt-get install redis-server',
    has('docker') && 'docker run -d -p 6379:6379 redis, with REDIS_URL=redis://127.0.0.1:6379',
  ].filter(Boolean)
  return `Install one (${ways.join(' | ') || 'see https://redis.io/docs/latest/operate/oss_and_stack/install'}), or point REDIS_URL at a server.`
}

/**
 * @param {NodeJS.ProcessEnv} env @param {readonly string[]} folders @param {readonly string[]} names
 * @returns {string[]}
 */
function whereIs(env, folders, names) {
  const all = [...(env.PATH ?? '').split(path.delimiter), ...folders].filter(Boolean)
  const files = all.flatMap(folder => names.map(name => path.join(folder, name)))
  return [...new Set(files)].filter(isExecutable)
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * @param {string} file
 * @returns {string | undefined} such as `Redis 7.0.15`; undefined when it is no Redis server or does not run
 */
function versionOf(file) {
  if (!isExecutable(file)) return undefined
  try {
    const text = execFileSync(file, ['--version'], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [, product, version] = /(Redis|Valkey) server v=(\S+)/i.exec(text) ?? []
    return product && version && `${product} ${version}`
  } catch {
    return undefined
  }
}

/** @param {unknown} error */
function lastLine(error) {
  const { stderr, message } = /** @type {{ stderr?: string, message: string }} */ (error)
  return String(stderr || message)
    .trim()
    .split('\n')
    .at(-1)
}
