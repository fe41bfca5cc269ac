import type { BenchmarkClient } from './client.js'

/** One row of the table. */
export interface Case {
  readonly name: string
  /** How many wait for their own reply at the same time. */
  readonly callers: number
  /** How many commands one call sends. */
  readonly commands: number
  /** One call; throws when a reply is wrong. */
  call(client: BenchmarkClient, key: string): Promise<void>
}

/** What every key holds. */
export const VALUE = 'x'.repeat(100)
const BATCH = 100

const GET: Omit<Case, 'callers'> = {
  name: 'GET 100 B',
  commands: 1,
  call: async (client, key) => expectReply(await client.get(key), VALUE),
}

const SET: Omit<Case, 'callers'> = {
  name: 'SET 100 B',
  commands: 1,
  call: async (client, key) => expectReply(await client.set(key, VALUE), 'OK'),
}

const PIPELINES: Case[] = [
  {
    name: `pipeline of ${BATCH} GET`,
    callers: 1,
    commands: BATCH,
    call: async (client, key) => expectReplies(await client.getAll(repeat(key)), VALUE),
  },
  {
    name: `pipeline of ${BATCH} SET`,
    callers: 1,
    commands: BATCH,
    call: async (client, key) => expectReplies(await client.setAll(repeat(key), VALUE), 'OK'),
  },
]

/** The table, row by row. */
export const CASES: readonly Case[] = [
  ...[GET, SET].flatMap(it =>
    [1, 10, 100].map(callers => ({
      ...it,
      name: `${it.name}, ${callers} ${callers === 1 ? 'caller' : 'callers'}`,
      callers,
    })),
  ),
  ...PIPELINES,
]

const repeat = (key: string) => Array.from({ length: BATCH }, () => key)

function expectReplies(replies: readonly unknown[], expected: string): void {
  if (replies.length !== BATCH) throw new Error(`${replies.length} replies to ${BATCH} commands`)
  for (const reply of replies) expectReply(reply, expected)
}

function expectReply(reply: unknown, expected: string): void {
  if (reply !== expected) throw new Error(`the reply was ${JSON.stringify(reply)}`)
}
