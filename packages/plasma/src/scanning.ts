import type { CommandBuilder, Queued } from './batches/batch.js'
import type { Key } from './commands/arguments.js'
import type { KeyScanOptions, ScanOptions } from './commands/keys.js'
import type { ScoredMember } from './commands/replies.js'
import type { Dispatcher, Manner } from './dispatcher.js'

type Step<Reply> = (cursor: string) => Queued<Reply>

/** The keys that match, a step at a time and over every master of a Cluster. */
export async function* scanKeys(
  dispatcher: Dispatcher,
  builder: CommandBuilder,
  options: KeyScanOptions,
): AsyncGenerator<string, void, undefined> {
  for (const node of await dispatcher.main.masters('scan')) {
    const step = (cursor: string) => builder.scan(cursor, options)
    for await (const { keys } of steps(dispatcher, step, { node })) yield* keys
  }
}

/** Fields of a hash with their values. */
export async function* scanFields(
  dispatcher: Dispatcher,
  builder: CommandBuilder,
  key: Key,
  options: ScanOptions,
): AsyncGenerator<[field: string, value: string], void, undefined> {
  const step = (cursor: string) => builder.hscan(key, cursor, options)
  for await (const { fields } of steps(dispatcher, step)) yield* Object.entries(fields)
}

/** Members of a set. */
export async function* scanMembers(
  dispatcher: Dispatcher,
  builder: CommandBuilder,
  key: Key,
  options: ScanOptions,
): AsyncGenerator<string, void, undefined> {
  const step = (cursor: string) => builder.sscan(key, cursor, options)
  for await (const { members } of steps(dispatcher, step)) yield* members
}

/** Members of a sorted set with their scores. */
export async function* scanScores(
  dispatcher: Dispatcher,
  builder: CommandBuilder,
  key: Key,
  options: ScanOptions,
): AsyncGenerator<ScoredMember, void, undefined> {
  const step = (cursor: string) => builder.zscan(key, cursor, options)
  for await (const { members } of steps(dispatcher, step)) yield* members
}

async function* steps<Reply extends { cursor: string }>(
  dispatcher: Dispatcher,
  step: Step<Reply>,
  manner: Manner = {},
): AsyncGenerator<Reply, void, undefined> {
  for (let cursor = ''; cursor !== '0'; ) {
    const { decode, ...request } = step(cursor || '0')
    const reply = await dispatcher.send(request, decode, manner)
    yield reply
    cursor = reply.cursor
  }
}
