import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'

const TIMEOUT_MS = 180_000
const LISTS = '/var/lib/apt/lists'
/** `redis-server` is a name of `redis-check-rdb`, which is in redis-tools. */
const NEEDED = ['redis-server', 'redis-tools']

/** Finds its libraries beside itself, so that the folder can be moved. */
const PROGRAM = `#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
for folder in "$here"/root/usr/lib/*-linux-*; do
  LD_LIBRARY_PATH="$folder\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
done
export LD_LIBRARY_PATH
exec "$here/root/usr/bin/redis-server" "$@"
`

/**
 * Downloads the distribution's signed packages and unpacks them, without root and without installing; gives the
 * program. Package lists that are missing or too old are fetched into the cache.
 *
 * @param {string} cache @param {NodeJS.ProcessEnv} env
 * @returns {string}
 */
export function unpackDebianRedis(cache, env) {
  removeLeftovers(cache)
  const work = path.join(cache, `unpack-${process.pid}`)
  const root = path.join(work, 'root')
  for (const folder of ['lists/partial', 'archives/partial', 'root'])
    mkdirSync(path.join(work, folder), { recursive: true })
  try {
    download(work, env)
    for (const file of readdirSync(work)) {
      if (file.endsWith('.deb'))
        execFileSync('dpkg-deb', ['-x', file, root], { cwd: work, env, stdio: 'ignore' })
    }
    return keep(cache, root)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** @param {string} work @param {NodeJS.ProcessEnv} env */
function download(work, env) {
  /** @param {string[]} lists @param {string[]} args */
  const apt = (lists, args) =>
    execFileSync('apt-get', [...ownFolders(work), ...lists, ...args], {
      cwd: work,
      encoding: 'utf8',
      env: { ...env, LC_ALL: 'C' },
      timeout: TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  /** @param {string[]} lists */
  const fetchAll = lists => {
    const plan = apt(lists, [
      '--print-uris',
      '-qq',
      '-y',
      '--no-install-recommends',
      'install',
      ...NEEDED,
    ])
    const missing = [...plan.matchAll(/\/([a-z0-9.+-]+)_[^/ ']+\.deb'/g)].map(it => it[1] ?? '')
    apt(lists, ['download', ...new Set([...NEEDED, ...missing])])
  }
  if (hasPackageLists()) {
    try {
      return fetchAll([])
    } catch {
      // Old lists name packages that are gone: fresh ones, below, decide.
    }
  }
  const own = ['-o', `Dir::State::Lists=${work}/lists`]
  apt(own, ['update'])
  fetchAll(own)
}

/** @param {string} work */
const ownFolders = work =>
  [
    ['-o', `Dir::Cache=${work}`],
    ['-o', `Dir::Cache::archives=${work}/archives`],
    ['-o', 'APT::Sandbox::User='],
    ['-o', 'Debug::NoLocking=1'],
  ].flat()

const hasPackageLists = () =>
  existsSync(LISTS) && readdirSync(LISTS).some(file => /_Packages(\.\w+)?$/.test(file))

/**
 * Moves the unpacked tree into place, with a program in front that finds its libraries.
 *
 * @param {string} cache @param {string} unpacked
 */
function keep(cache, unpacked) {
  const server = path.join(unpacked, 'usr/bin/redis-server')
  if (!existsSync(server)) symlinkSync('redis-check-rdb', server)
  const root = path.join(cache, 'root')
  rmSync(root, { recursive: true, force: true })
  renameSync(unpacked, root)
  const program = path.join(cache, 'redis-server')
  writeFileSync(program, PROGRAM, { mode: 0o755 })
  return program
}

/** What a run that was killed left. @param {string} cache */
function removeLeftovers(cache) {
  if (!existsSync(cache)) return
  for (const name of readdirSync(cache)) {
    const [, pid] = /^unpack-(\d+)$/.exec(name) ?? []
    if (pid && !isAlive(Number(pid)))
      rmSync(path.join(cache, name), { recursive: true, force: true })
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
