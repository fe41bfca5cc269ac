import type { BenchmarkClient } from './client.js'

/** One row of the table. */
export interface Case {
  readonly name: string
  /** How many wait for their own reply at the same time. */
  readonly callers: number
  /** How many commands one call sends. */
  readonly commands: number
  /** What every caller's key holds; default 100 bytes. */
  readonly value?: string
  /** Called once before it is measured. */
  prepare?(client: BenchmarkClient, key: string): Promise<unknown>
  /** One call; throws when a reply is wrong. */
  call(client: BenchmarkClient, key: string): Promise<void>
}

type Kind = Omit<Case, 'callers'>

/** What a key holds unless the case says otherwise. */
export const VALUE = 'x'.repeat(100)
const LARGE = 'y'.repeat(10_000)
const BATCH = 100
const FIELDS = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`field${i}`, `value${i}`]))

const get = (name: string, value: string): Kind => ({
  name: `GET ${name}`,
  commands: 1,
  value,
  call: async (client, key) => expectReply(await client.get(key), value),
})

const set = (name: string, value: string): Kind => ({
  name: `SET ${name}`,
  commands: 1,
  value,
  call: async (client, key) => expectReply(await client.set(key, value), 'OK'),
})

const MIXED: Kind = {
  name: 'INCR, HSET, ZADD',
  commands: 3,
  call: async (client, key) => {
    const [sum, fields, members] = await Promise.all([
      client.incr(`${key}:n`),
      client.hset(`${key}:h`, FIELDS),
      client.zadd(`${key}:z`, 1, 'member'),
    ])
    if (!(sum > 0 && fields >= 0 && Number(members) >= 0)) throw new Error('a reply was no number')
  },
}

const HGETALL: Kind = {
  name: 'HGETALL 20 fields',
  commands: 1,
  prepare: (client, key) => client.hset(`${key}:h`, FIELDS),
  call: async (client, key) => {
    const { field19 } = await client.hgetall(`${key}:h`)
    expectReply(field19, 'value19')
  },
}

const PIPELINE_GET: Kind = {
  name: `pipeline of ${BATCH} GET`,
  commands: BATCH,
  call: async (client, key) => expectReplies(await client.getAll(repeat(key)), VALUE),
}

const PIPELINE_SET: Kind = {
  name: `pipeline of ${BATCH} SET`,
  commands: BATCH,
  call: async (client, key) => expectReplies(await client.setAll(repeat(key), VALUE), 'OK'),
}

const by = (kind: Kind, ...callers: number[]): Case[] =>
  callers.map(count => ({
    ...kind,
    name: `${kind.name}, ${count} ${count === 1 ? 'caller' : 'callers'}`,
    callers: count,
  }))

/** The table, row by row. */
export const CASES: readonly Case[] = [
  ...by(get('100 B', VALUE), 1, 10, 100, 1_000),
  ...by(set('100 B', VALUE), 1, 10, 100, 1_000),
  ...by(get('10 KB', LARGE), 10),
  ...by(set('10 KB', LARGE), 10),
  ...by(MIXED, 100),
  ...by(HGETALL, 10),
  ...by(PIPELINE_GET, 1, 10),
  ...by(PIPELINE_SET, 1, 10),
]

const repeat = (key: string) => Array.from({ length: BATCH }, () => key)

function expectReplies(replies: readonly unknown[], expected: string): void {
  if (replies.length !== BATCH) throw new Error(`${replies.length} replies to ${BATCH} commands`)
  for (const reply of replies) expectReply(reply, expected)
}

function expectReply(reply: unknown, expected: string): void {
  if (reply !== expected) throw new Error(`the reply was ${JSON.stringify(reply)}`)
}
