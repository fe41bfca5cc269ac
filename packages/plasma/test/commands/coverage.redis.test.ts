import { type RedisServer, startRedis } from '@gravito/redis-testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CommandBuilder } from '../../src/batches/batch.js'
import { RedisClient, ReplyError } from '../../src/index.js'
import { testClient } from '../servers.js'
import {
  COMPLETE_UP_TO,
  CONTAINERS,
  commandOf,
  isBelow,
  methods,
  NEWER,
  NOT_SENT,
  NOT_TYPED,
  typedCommands,
} from './coverage.js'
import { ROWS } from './rows/index.js'

/** What the server can do: `get`, `config get`; what modules add is not Redis' own. */
async function served() {
  const redis = testClient()
  const { redis_version: version = '' } = await redis.infoOf('server')
  const all = (await redis.commandInfo()).filter(it => it !== null)
  const own = all.filter(it => !it.flags.includes('module'))
  const commands = own.flatMap(({ name, subcommands }) =>
    subcommands.length > 0 ? subcommands.map(it => it.name.replace('|', ' ')) : [name],
  )
  const docs = Object.entries(await redis.commandDocs())
  const since = new Map(
    docs.flatMap(([name, it]) => [
      [name, it.since] as const,
      ...Object.entries(it.subcommands ?? {}).map(
        ([subcommand, sub]) => [subcommand.replace('|', ' '), sub.since] as const,
      ),
    ]),
  )
  return {
    version,
    commands: new Set<string>(commands),
    since,
    all,
    own,
    names: await redis.commandList(),
  }
}

describe('every command of the server', () => {
  test('has a typed method, or a reason why it has none', async () => {
    const { all, commands, names, since, version } = await served()
    expect(commands.size).toBeGreaterThan(300)
    expect([...commands].filter(it => !since.has(it))).toEqual([])
    const wanted = [...commands].filter(it => !isBelow(COMPLETE_UP_TO, since.get(it) ?? '0'))
    const missing = wanted.filter(it => !typedCommands().has(it) && !(it in NOT_TYPED))
    expect(missing, `commands of Redis ${version} that nobody thought of`).toEqual([])
    // The list and the table are two sources: neither knows more than the other.
    const known = all.flatMap(it => [it.name, ...it.subcommands.map(sub => sub.name)])
    expect(names.sort()).toEqual(known.sort())
  })

  test('no reason has become stale', async () => {
    const { commands } = await served()
    const typed = typedCommands()
    expect(Object.keys(NOT_TYPED).filter(it => typed.has(it) || !commands.has(it))).toEqual([])
    expect(Object.keys(NOT_SENT).filter(it => !(it in ROWS))).toEqual([])
  })

  test('families of subcommands are known as such', async () => {
    const { own, since } = await served()
    const containers = own
      .filter(it => it.subcommands.length > 0)
      .filter(it => !isBelow(COMPLETE_UP_TO, since.get(it.name) ?? '0'))
      .map(it => it.name)
    expect([...CONTAINERS].sort()).toEqual(containers.sort())
  })

  test('what the server does not know is newer than the server', async () => {
    const { commands, all, version } = await served()
    // Vector sets are a module that Redis 8 brings along.
    for (const { name } of all) commands.add(name.toLowerCase())
    const unknown = [...typedCommands()].filter(it => !commands.has(it))
    expect(unknown.filter(it => !isBelow(version, NEWER[it] ?? '0'))).toEqual([])
    const stale = Object.entries(NEWER).filter(
      ([command, since]) =>
        !typedCommands().has(command) || (!isBelow(version, since) && !commands.has(command)),
    )
    expect(stale).toEqual([])
  })
})

/** What a server says of a command that was written wrongly. */
const MISWRITTEN =
  /wrong number of arguments|syntax error|unknown (command|subcommand)|try \w+ help|unsupported option|unrecognized|NOPERM/i

/** Options that came with a later version than their command. */
const NEWER_OPTIONS =
  /WITHSCORE$|WITHATTRIBS|NOVALUES|MAXAGE|IFD?(EQ|NE) |bitop (DIFF|DIFF1|ANDOR|ONE) |KEEPREF|DELREF|ACKED/

describe('what the methods write', () => {
  const builder = new CommandBuilder()
  const servers: RedisServer[] = []
  const clients: RedisClient[] = []
  let commands: ReadonlySet<string>

  beforeAll(async () => {
    servers.push(await startRedis(), await startRedis({ args: ['--cluster-enabled', 'yes'] }))
    for (const { url } of servers) {
      const client = new RedisClient({ url })
      clients.push(client)
      const all = await client.commandInfo()
      commands = new Set<string>(
        all.flatMap(it => [
          it?.name.toLowerCase() ?? '',
          ...(it?.subcommands.map(sub => sub.name) ?? []),
        ]),
      )
    }
  })
  afterAll(async () => {
    await Promise.all(clients.map(it => it.disconnect()))
    await Promise.all(servers.map(it => it.stop()))
  })

  const sent = Object.entries(ROWS).filter(([method]) => !(method in NOT_SENT))

  test.each(sent)('%s is understood by a server', async (_, rows) => {
    for (const [call, wire] of rows) {
      const queued = call(builder)
      const command = commandOf(queued)
      if (!commands.has(command.replace(' ', '|'))) {
        expect(NEWER).toHaveProperty([command])
        continue
      }
      const client = clients[queued.name === 'cluster' ? 1 : 0] as RedisClient
      const { name, args, keys, decode } = queued
      // Between MULTI and EXEC nothing waits for data.
      const reply = /^(b[lrz]|xread)/.test(name)
        ? client.multi(() => [queued])
        : client.send(name, [...args], keys, decode)
      const error = await reply.then(
        () => undefined,
        (reason: unknown) => reason,
      )
      if (error === undefined) continue
      expect(error, wire).toBeInstanceOf(ReplyError)
      if (!commands.has('delex') && NEWER_OPTIONS.test(wire)) continue
      expect((error as Error).message, wire).not.toMatch(MISWRITTEN)
    }
  })

  test('all but a few', () => {
    expect(methods().length - sent.length).toBeLessThanOrEqual(Object.keys(NOT_SENT).length)
  })
})
