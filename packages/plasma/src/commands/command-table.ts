import { type Argument, encodeOptions, isOptions, NO_KEYS, type Value } from './arguments.js'
import { type Text, text, texts } from './replies.js'
import { entriesOf, type RawMap, shaped } from './reports.js'
import { type Mode, Sender } from './sender.js'

/** A command as the server knows it. */
export interface CommandInfo {
  /** A subcommand is called `config|get`. */
  name: Text
  /** How many words, the command's own among them; negative: at least. */
  arity: number
  flags: Text[]
  /** Position of the first key, 0 when there is none. */
  firstKey: number
  /** Position of the last key; negative counts from the end. */
  lastKey: number
  /** From one key to the next. */
  keyStep: number
  categories: Text[]
  tips: Text[]
  subcommands: CommandInfo[]
}

/** An argument of a command. */
export interface CommandArgument {
  name: Text
  type: Text
  displayText?: Text
  token?: Text
  summary?: Text
  since?: Text
  deprecatedSince?: Text
  keySpecIndex?: number
  flags?: Text[]
  arguments?: CommandArgument[]
}

/** What the server says about a command. */
export interface CommandDocs {
  summary: Text
  since: Text
  group: Text
  complexity?: Text
  deprecatedSince?: Text
  replacedBy?: Text
  docFlags?: Text[]
  /** Pairs of a version and what changed with it. */
  history?: [version: Text, change: Text][]
  arguments?: CommandArgument[]
  subcommands?: Record<string, CommandDocs>
}

/** Commands of a module, of a category, or whose names match a glob. */
export type CommandListFilter =
  | { module: string; aclCat?: never; pattern?: never }
  | { aclCat: string; module?: never; pattern?: never }
  | { pattern: string; module?: never; aclCat?: never }

const filter = (value: string, name: string): Argument[] => ['FILTERBY', name.toUpperCase(), value]
const FILTERS = { module: filter, aclCat: filter, pattern: filter }

/** What the server can do. */
export abstract class CommandTable<M extends Mode> extends Sender<M> {
  /** How many commands the server knows. */
  commandCount() {
    return this.send<number>('command', ['COUNT'], NO_KEYS)
  }

  /** The names of all commands, or of some. */
  commandList(by?: CommandListFilter) {
    return this.send('command', ['LIST', ...encodeOptions(by ?? {}, FILTERS)], NO_KEYS, texts)
  }

  /** Commands by name, `null` for each that the server does not know; without names all. */
  commandInfo(...names: (string | readonly string[])[]) {
    return this.send('command', ['INFO', ...names.flat()], NO_KEYS, (raw: (RawInfo | null)[]) =>
      raw.map(it => it && commandInfo(it)),
    )
  }

  /** What the server says about commands, by name; without names about all. */
  commandDocs(...names: (string | readonly string[])[]) {
    return this.send('command', ['DOCS', ...names.flat()], NO_KEYS, docsByName)
  }

  /** Which arguments of a whole command are its keys. Nothing is executed, and nothing gets the key prefix. */
  commandGetKeys(command: string, ...args: Value[]) {
    return this.send<string[]>('command', ['GETKEYS', command, ...args], NO_KEYS)
  }

  /** Like `commandGetKeys`, with what the command does to each: `'RO'`, `'access'`, `'update'`, … (Redis 7). */
  commandGetKeysAndFlags(command: string, ...args: Value[]) {
    return this.send(
      'command',
      ['GETKEYSANDFLAGS', command, ...args],
      NO_KEYS,
      (raw: [string, string[]][]) => raw.map(([key, flags]) => ({ key, flags: texts(flags) })),
    )
  }

  /** A subcommand of COMMAND in its positional form: `command('COUNT')`. */
  command<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('command', [subcommand, ...args], NO_KEYS)
  }
}

type RawInfo = [
  name: string,
  arity: number,
  flags: string[],
  first: number,
  last: number,
  step: number,
  categories?: string[],
  tips?: string[],
  keys?: unknown,
  subcommands?: RawInfo[],
]

const commandInfo = (raw: RawInfo): CommandInfo => {
  const [name, arity, flags, firstKey, lastKey, keyStep, categories, tips, , subcommands] = raw
  return {
    name: text(name),
    arity,
    flags: texts(flags),
    firstKey,
    lastKey,
    keyStep,
    categories: texts(categories ?? []),
    tips: texts(tips ?? []),
    subcommands: (subcommands ?? []).map(commandInfo),
  }
}

const docsByName = (raw: RawMap): Record<string, CommandDocs> =>
  Object.fromEntries(entriesOf<RawMap>(raw).map(([name, it]) => [name, docs(it)]))

/** Maps stand in `subcommands`, and in the lists `arguments`; all else is texts and numbers. */
const docs = (raw: RawMap): CommandDocs =>
  Object.fromEntries(
    Object.entries(shaped(raw)).map(([name, value]) => {
      if (name === 'subcommands') return [name, docsByName(value as RawMap)]
      if (name === 'arguments') return [name, (value as RawMap[]).map(docs)]
      return [name, said(value)]
    }),
  ) as unknown as CommandDocs

function said(value: unknown): unknown {
  if (typeof value === 'number') return value
  if (Array.isArray(value)) return value.map(said)
  return isOptions(value) ? shaped(value) : text(value)
}
