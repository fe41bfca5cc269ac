import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findRedis, onFreePort } from '../src/index.js'

const SAYS_VERSION = (version: string) => `echo "Redis server v=${version} sha=0"`

/** An empty machine: its PATH, its well-known folders, its cache. */
function machine() {
  const root = mkdtempSync(path.join(tmpdir(), 'finder-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const folder = (name: string) => path.join(root, name)
  const program = (at: string, name: string, script: string) => {
    mkdirSync(folder(at), { recursive: true })
    const file = path.join(folder(at), name)
    writeFileSync(file, `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
    return file
  }
  const lines: string[] = []
  const find = (env: NodeJS.ProcessEnv = {}, needProgram = false) =>
    findRedis({
      env: { PATH: folder('bin'), ...env },
      folders: [folder('known')],
      cache: folder('cache'),
      log: line => lines.push(line),
      needProgram,
    })
  return { find, program, folder, lines }
}

/** A server that answers what `answer` gives for all that it was sent so far. */
function fake(answer: (sent: string) => string): Promise<number> {
  return onFreePort(async port => {
    const server = createServer(socket => {
      let sent = ''
      socket
        .on('error', () => undefined)
        .on('data', chunk => {
          sent += chunk
          const reply = answer(sent)
          if (reply) socket.write(reply)
        })
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve)
    })
    onTestFinished(() => void server.close())
    return port
  })
}

describe('the order', () => {
  test('REDIS_URL comes first when it answers', async () => {
    const { find, program } = machine()
    program('bin', 'redis-server', SAYS_VERSION('1.0.0'))
    const port = await fake(() => '+PONG\r\n')
    const REDIS_URL = `redis://127.0.0.1:${port}/3`
    expect(await find({ REDIS_URL })).toMatchObject({ url: REDIS_URL })
  })

  test('REDIS_URL is passed over by who needs a program', async () => {
    const { find, program } = machine()
    const file = program('bin', 'redis-server', SAYS_VERSION('1.0.0'))
    expect(await find({ REDIS_URL: 'redis://127.0.0.1:1' }, true)).toMatchObject({ file })
  })

  test('REDIS_SERVER_BIN, PATH, the well-known folders, the cache', async () => {
    const { find, program } = machine()
    const cached = program('cache', 'redis-server', SAYS_VERSION('4.0.0'))
    expect(await find()).toEqual({ file: cached, how: "Redis 4.0.0, the project's cache" })
    const known = program('known', 'redis-server', SAYS_VERSION('3.0.0'))
    expect(await find()).toEqual({ file: known, how: `Redis 3.0.0, ${known}` })
    const onPath = program('bin', 'valkey-server', 'echo "Valkey server v=8.1.0 sha=0"')
    expect(await find()).toEqual({ file: onPath, how: `Valkey 8.1.0, ${onPath}` })
    const chosen = program('elsewhere', 'my-redis', SAYS_VERSION('1.0.0'))
    expect(await find({ REDIS_SERVER_BIN: chosen })).toEqual({
      file: chosen,
      how: 'Redis 1.0.0, REDIS_SERVER_BIN',
    })
  })

  test('a program on PATH that does not run is passed over', async () => {
    const { find, program } = machine()
    program('bin', 'redis-server', 'exit 127')
    const cached = program('cache', 'redis-server', SAYS_VERSION('4.0.0'))
    expect(await find()).toMatchObject({ file: cached })
  })

  test('the distribution’s package comes last and stays in the cache', async () => {
    const { find, program, folder, lines } = machine()
    program('bin', 'apt-get', 'case "$*" in *download*) : > redis-tools_1_amd64.deb;; esac')
    const tree = '"$3/usr/bin"'
    const write = `printf '#!/bin/sh\\n${SAYS_VERSION('6.0.0')}\\n' > "$3/usr/bin/redis-check-rdb"`
    program('bin', 'dpkg-deb', `mkdir -p ${tree}; ${write}; chmod +x "$3/usr/bin/redis-check-rdb"`)
    const PATH = `${folder('bin')}:${process.env.PATH}`
    const file = path.join(folder('cache'), 'redis-server')
    const found = await find({ PATH })
    expect(found).toEqual({ file, how: "Redis 6.0.0, the distribution's, in the project's cache" })
    expect(lines).toHaveLength(1)
    expect(await find()).toEqual({ file, how: "Redis 6.0.0, the project's cache" })
  })
})

describe('what is set but does not work is an error', () => {
  const errorOf = (REDIS_URL: string) =>
    machine()
      .find({ REDIS_URL })
      .then(
        () => 'none',
        (error: Error) => error.message,
      )

  test('a REDIS_URL where nobody listens', async () => {
    expect(await errorOf('redis://127.0.0.1:1')).toMatch(
      /^REDIS_URL is set, but 127.0.0.1:1 cannot be reached \(.*ECONNREFUSED.*unset it/,
    )
  })

  test('a REDIS_URL that is none', async () => {
    for (const url of ['localhost:6379', 'http://localhost:6379', 'nonsense'])
      expect(await errorOf(url)).toContain('it is not of the form redis://')
  })

  test('a REDIS_URL where something else listens, hangs up, or refuses', async () => {
    const http = await fake(() => 'HTTP/1.1 400 Bad Request\r\n\r\n')
    expect(await errorOf(`redis://127.0.0.1:${http}`)).toContain('something else than Redis')
    const closed = await fake(() => '-NOAUTH Authentication required.\r\n')
    expect(await errorOf(`redis://127.0.0.1:${closed}`)).toContain('refuses: NOAUTH')
    const wrong = await fake(sent => (sent.includes('PING') ? '-WRONGPASS no\r\n-NOAUTH\r\n' : ''))
    expect(await errorOf(`redis://me:secret@127.0.0.1:${wrong}`)).toContain('refuses: WRONGPASS')
  })

  test('a REDIS_SERVER_BIN that does not run, or is no Redis', async () => {
    const { find, program } = machine()
    program('bin', 'redis-server', SAYS_VERSION('1.0.0'))
    const other = program('elsewhere', 'postgres', 'echo "postgres (PostgreSQL) 15.4"')
    for (const REDIS_SERVER_BIN of ['/nowhere/redis-server', other])
      await expect(find({ REDIS_SERVER_BIN })).rejects.toThrow(
        `REDIS_SERVER_BIN is ${REDIS_SERVER_BIN}, which does not run`,
      )
  })
})

describe('the error when there is none', () => {
  test('lists what was tried and how to install it here', async () => {
    const { find, program, folder } = machine()
    program('bin', 'brew', 'exit 0')
    program('bin', 'docker', 'exit 0')
    const broken = program('bin', 'redis-server', 'exit 1')
    const message = await find().catch((error: Error) => error.message)
    expect(message).toContain(`- ${broken} does not run`)
    expect(message).toContain(`- nothing in the project's cache, ${folder('cache')}`)
    expect(message).toContain('- no apt-get and dpkg-deb')
    expect(message).toMatch(
      /Install one \(brew install redis \| docker run .*\), or point REDIS_URL/,
    )
  })

  test('says what apt-get said', async () => {
    const { find, program, folder } = machine()
    program('bin', 'apt-get', 'echo "E: the network is down" >&2; exit 100')
    program('bin', 'dpkg-deb', 'exit 0')
    const message = await find({ PATH: folder('bin') }).catch((error: Error) => error.message)
    expect(message).toContain('- apt-get: E: the network is down')
    expect(message).toContain('sudo apt-get install redis-server')
  })
})

test('logs in with the user and the password of a REDIS_URL', async () => {
  const seen: string[] = []
  const port = await fake(sent => {
    seen.push(sent)
    return sent.includes('PING') ? '+OK\r\n+PONG\r\n' : ''
  })
  await machine().find({ REDIS_URL: `redis://me:p%40ss@127.0.0.1:${port}` })
  expect(seen.join('')).toContain('AUTH\r\n$2\r\nme\r\n$4\r\np@ss\r\n')
})
