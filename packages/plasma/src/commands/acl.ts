import { list, NO_KEYS, type Value, wholeNumber } from './arguments.js'
import { type ClientInfo, clientInfo } from './client-replies.js'
import { ok, type Text, text, texts } from './replies.js'
import { type RawMap, shaped } from './reports.js'
import { type Mode, Sender } from './sender.js'

/** What somebody may do: rules in the words of ACL SETUSER. */
export interface AclRules {
  /** `'+@all -flushall'` */
  commands: Text
  /** `'~user:* %R~shared:*'` */
  keys: Text
  /** `'&news:*'` */
  channels: Text
}

/** A user. */
export interface AclUser extends AclRules {
  /** `'on'` or `'off'`, `'nopass'`, … */
  flags: Text[]
  /** SHA-256 of each. */
  passwords: Text[]
  /** What is allowed beside the rules of the user itself (Redis 7). */
  selectors: AclRules[]
}

/** Something that was refused. */
export interface AclLogEntry {
  /** How often within a minute. */
  count: number
  reason: Text
  context: Text
  /** The command, key or channel, or `AUTH`. */
  object: Text
  username: Text
  /** Seconds since. */
  ageSeconds: number
  client: ClientInfo
  /** Redis 7. */
  entryId?: number
  /** Unix time in milliseconds (Redis 7). */
  timestampCreated?: number
  /** Unix time in milliseconds (Redis 7). */
  timestampLastUpdated?: number
}

/** Users and what they may do. Patterns of keys and channels are Redis' own: they do not get the key prefix. */
export abstract class Acl<M extends Mode> extends Sender<M> {
  /** The rules of all users as they stand in an ACL file. */
  aclList() {
    return this.send('acl', ['LIST'], NO_KEYS, texts)
  }

  /** The names of all users. */
  aclUsers() {
    return this.send('acl', ['USERS'], NO_KEYS, texts)
  }

  /** A user, `null` when there is none. */
  aclGetUser(username: string) {
    return this.send('acl', ['GETUSER', username], NO_KEYS, (raw: RawMap | null) =>
      raw === null ? null : user(raw),
    )
  }

  /**
   * Make or change a user.
   *
   * @example
   * await redis.aclSetUser('reader', 'on', '>secret', '~user:*', '+@read')
   */
  aclSetUser(username: string, ...rules: (string | readonly string[])[]) {
    return this.send<'OK'>('acl', ['SETUSER', username, ...rules.flat()], NO_KEYS, ok)
  }

  /** Delete users and close their connections; resolves with how many there were. */
  aclDelUser(...usernames: (string | readonly string[])[]) {
    return this.send<number>('acl', ['DELUSER', ...list('usernames', usernames)], NO_KEYS)
  }

  /** The user of this connection. */
  aclWhoami() {
    return this.send('acl', ['WHOAMI'], NO_KEYS, text)
  }

  /** The categories of commands, or the commands of one. */
  aclCat(category?: string) {
    return this.send('acl', ['CAT', ...(category === undefined ? [] : [category])], NO_KEYS, texts)
  }

  /** What was refused lately, 10 or `count` of them. */
  aclLog(count?: number) {
    const rest = count === undefined ? [] : [wholeNumber('count', count, 0)]
    return this.send('acl', ['LOG', ...rest], NO_KEYS, (raw: RawMap[]) => raw.map(logEntry))
  }

  /** Empty the log. */
  aclLogReset() {
    return this.send<'OK'>('acl', ['LOG', 'RESET'], NO_KEYS, ok)
  }

  /** A password that nobody guesses: 256 bits, or `bits`, in hexadecimal. */
  aclGenPass(bits?: number) {
    const rest = bits === undefined ? [] : [wholeNumber('bits', bits, 1)]
    return this.send('acl', ['GENPASS', ...rest], NO_KEYS, text)
  }

  /** May a user call this command? `'OK'`, or why not. Keys do not get the key prefix. */
  aclDryRun(username: string, command: string, ...args: Value[]) {
    return this.send('acl', ['DRYRUN', username, command, ...args], NO_KEYS, text)
  }

  /** Read the ACL file again. */
  aclLoad() {
    return this.send<'OK'>('acl', ['LOAD'], NO_KEYS, ok)
  }

  /** Write the ACL file. */
  aclSave() {
    return this.send<'OK'>('acl', ['SAVE'], NO_KEYS, ok)
  }

  /** A subcommand of ACL in its positional form: `acl('WHOAMI')`. */
  acl<Reply = unknown>(subcommand: string, ...args: Value[]) {
    return this.send<Reply>('acl', [subcommand, ...args], NO_KEYS)
  }
}

/** Redis 6 lists patterns, Redis 7 writes them in one line. */
const line = (raw: unknown): Text =>
  Array.isArray(raw) ? (texts(raw).join(' ') as Text) : text(raw ?? '')

const rules = ({ commands, keys, channels }: Record<string, unknown>): AclRules => ({
  commands: line(commands),
  keys: line(keys),
  channels: line(channels),
})

function user(raw: RawMap): AclUser {
  const { flags, passwords, selectors = [], ...own } = shaped(raw)
  return {
    ...rules(own),
    flags: texts(flags as unknown[]),
    passwords: texts(passwords as unknown[]),
    selectors: (selectors as RawMap[]).map(it => rules(shaped(it))),
  }
}

function logEntry(raw: RawMap): AclLogEntry {
  const {
    count,
    reason,
    context,
    object,
    username,
    ageSeconds,
    clientInfo: client,
    ...rest
  } = shaped(raw)
  return {
    count: Number(count),
    reason: text(reason),
    context: text(context),
    object: text(object),
    username: text(username),
    ageSeconds: Number(ageSeconds),
    client: clientInfo(client),
    ...rest,
  }
}
