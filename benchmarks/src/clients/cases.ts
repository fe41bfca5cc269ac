import type { BenchmarkClient } from './client.js'

/** One row of a table. */
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
  call(client: BenchmarkClient, key: string): Promise<unknown>
  isRight(reply: unknown): boolean
}

type Kind = Omit<Case, 'callers'>

/** What a key holds unless the case says otherwise. */
export const VALUE = 'x'.repeat(100)
const LARGE = 'y'.repeat(10_000)
const BATCH = 100
const FIELDS = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`field${i}`, `value${i}`]))

/** As many names of the same key. */
const names = (key: string, count: number) => Array.from({ length: count }, () => key)

const isArrayOf = (reply: unknown, length: number, item: unknown) =>
  Array.isArray(reply) && reply.length === length && reply.every(it => it === item)

const get = (name: string, value: string): Kind => ({
  name: `GET ${name}`,
  commands: 1,
  value,
  call: (client, key) => client.get(key),
  isRight: reply => reply === value,
})

const set = (name: string, value: string): Kind => ({
  name: `SET ${name}`,
  commands: 1,
  value,
  call: (client, key) => client.set(key, value),
  isRight: reply => reply === 'OK',
})

const MIXED: Kind = {
  name: 'INCR, HSET, ZADD',
  commands: 3,
  call: (client, key) =>
    Promise.all([
      client.incr(`${key}:n`),
      client.hset(`${key}:h`, FIELDS),
      client.zadd(`${key}:z`, 1, 'member'),
    ]),
  isRight: reply => Array.isArray(reply) && reply.every(it => Number(it) >= 0),
}

const HGETALL: Kind = {
  name: 'HGETALL 20 fields',
  commands: 1,
  prepare: (client, key) => client.hset(`${key}:h`, FIELDS),
  call: (client, key) => client.hgetall(`${key}:h`),
  isRight: reply => (reply as typeof FIELDS).field19 === 'value19',
}

const MGET: Kind = {
  name: 'MGET 10 keys',
  commands: 1,
  call: (client, key) => client.mget(names(key, 10)),
  isRight: reply => isArrayOf(reply, 10, VALUE),
}

const SET_NEW: Kind = {
  name: 'SET PX NX',
  commands: 1,
  call: (client, key) => client.setNew(key, VALUE, 60_000),
  isRight: reply => reply === null || reply === 'OK',
}

const SCRIPT: Kind = {
  name: 'EVALSHA, one key',
  commands: 1,
  prepare: (client, key) => client.incr(`${key}:n`),
  call: (client, key) => client.increaseByScript(`${key}:n`, 1),
  isRight: reply => (reply as number) > 0,
}

const PIPELINE_GET: Kind = {
  name: `pipeline of ${BATCH} GET`,
  commands: BATCH,
  call: (client, key) => client.getAll(names(key, BATCH)),
  isRight: reply => isArrayOf(reply, BATCH, VALUE),
}

const PIPELINE_SET: Kind = {
  name: `pipeline of ${BATCH} SET`,
  commands: BATCH,
  call: (client, key) => client.setAll(names(key, BATCH), VALUE),
  isRight: reply => isArrayOf(reply, BATCH, 'OK'),
}

const by = (kind: Kind, ...callers: number[]): Case[] =>
  callers.map(count => ({
    ...kind,
    name: `${kind.name}, ${count} ${count === 1 ? 'caller' : 'callers'}`,
    callers: count,
  }))

const GET = get('100 B', VALUE)
const SET = set('100 B', VALUE)

/** By table, row by row. */
export const CASES = {
  full: [
    ...by(GET, 1, 10, 100, 1_000),
    ...by(SET, 1, 10, 100, 1_000),
    ...by(get('10 KB', LARGE), 10),
    ...by(set('10 KB', LARGE), 10),
    ...by(MIXED, 100),
    ...by(HGETALL, 10),
    ...by(MGET, 100),
    ...by(SET_NEW, 100),
    ...by(SCRIPT, 100),
    ...by(PIPELINE_GET, 1, 10),
    ...by(PIPELINE_SET, 1, 10),
  ],
  core: [
    ...by(GET, 1, 10, 100, 1_000),
    ...by(SET, 1, 10, 100, 1_000),
    ...by(HGETALL, 10),
    ...by(PIPELINE_GET, 1, 10),
  ],
  short: [...by(GET, 1, 100), ...by(SET, 100)],
} satisfies Record<string, readonly Case[]>
