const KINDS = Symbol.for('@gravito/redis.errorKinds')

/** What every error of the toolkit carries. */
export interface RedisErrorOptions {
  code: string
  cause?: unknown
}

/**
 * The base of every error of the toolkit. `instanceof` also holds between the ESM and the CommonJS copy of a
 * package: each class has a `kind`, and an error knows the kinds of its class and of the classes above.
 */
export class RedisError extends Error {
  /** The brand of the class; every subclass declares its own. */
  static readonly kind: string = 'RedisError'

  /** What went wrong, for programs: one of ours in capitals, or the first word of Redis' own error. */
  readonly code: string

  constructor(message: string, options: RedisErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.kind
    this.code = options.code
    Object.defineProperty(this, KINDS, { value: kindsOf(new.target) })
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (!Object.hasOwn(this, 'kind'))
      return Function.prototype[Symbol.hasInstance].call(this, value)
    return isBranded(value) && value[KINDS].includes(this.kind)
  }
}

/** Something in the configuration is wrong; `path` says where. */
export class RedisConfigError extends RedisError {
  static override readonly kind = 'RedisConfigError'

  constructor(
    /** Where it stands: `connections.cache.port`. */
    readonly path: string,
    problem: string,
  ) {
    super(`${path}: ${problem}`, { code: 'CONFIG_INVALID' })
  }
}

/** A command was issued before `Redis.configure(…)`. */
export class NotConfiguredError extends RedisError {
  static override readonly kind = 'NotConfiguredError'

  constructor() {
    super(
      'Redis is not configured: call Redis.configure({ connections: { default: { host, port } } }) when the application starts.',
      { code: 'NOT_CONFIGURED' },
    )
  }
}

/** There is no connection of that name. */
export class ConnectionNotFoundError extends RedisError {
  static override readonly kind = 'ConnectionNotFoundError'

  constructor(
    readonly connection: string,
    known: readonly string[],
  ) {
    super(
      `Redis connection "${connection}" is not configured; there are: ${known.join(', ') || 'none'}.`,
      {
        code: 'CONNECTION_UNKNOWN',
      },
    )
  }
}

/** Redis cannot be reached, refuses the log-in, or stayed away for all retries; `cause` holds the last reason. */
export class ConnectionFailedError extends RedisError {
  static override readonly kind = 'ConnectionFailedError'

  constructor(
    readonly connection: string,
    /** `host:port`, a socket's path, or the first nodes. */
    readonly address: string,
    cause?: unknown,
    detail = reason(cause),
  ) {
    super(`Redis connection "${connection}" (${address}) failed: ${detail}`, {
      code: 'CONNECTION_FAILED',
      cause,
    })
  }
}

/** The connection was closed by `disconnect()`; `connect()` opens it again. */
export class ConnectionClosedError extends RedisError {
  static override readonly kind = 'ConnectionClosedError'

  constructor(readonly connection: string) {
    super(`Redis connection "${connection}" is closed; call connect() to open it again.`, {
      code: 'CONNECTION_CLOSED',
    })
  }
}

/** No reply within `commandTimeout`; the command may have been executed all the same. */
export class CommandTimeoutError extends RedisError {
  static override readonly kind = 'CommandTimeoutError'

  constructor(
    readonly connection: string,
    readonly command: string,
    readonly timeoutMs: number,
  ) {
    super(
      `Redis connection "${connection}" gave no reply to ${command.toUpperCase()} within ${timeoutMs} ms (commandTimeout).`,
      { code: 'COMMAND_TIMEOUT' },
    )
  }
}

/**
 * The connection was lost after the command was sent and before its reply came. Redis may have executed it, and a
 * second execution could differ (INCR, a script, a transaction), so it was not sent again.
 */
export class ReplyLostError extends RedisError {
  static override readonly kind = 'ReplyLostError'

  constructor(
    readonly connection: string,
    readonly command: string,
  ) {
    super(
      `Redis connection "${connection}" was lost before the reply to ${command.toUpperCase()} came; Redis may have executed it, so it was not sent again.`,
      { code: 'REPLY_LOST' },
    )
  }
}

/** As many commands as `maxQueued` allows wait for the connection already; this one was not sent. */
export class QueueFullError extends RedisError {
  static override readonly kind = 'QueueFullError'

  constructor(
    readonly connection: string,
    readonly maxQueued: number,
    cause?: unknown,
  ) {
    super(
      `Redis connection "${connection}" is away and ${maxQueued} commands wait for it already (maxQueued).`,
      { code: 'QUEUE_FULL', cause },
    )
  }
}

/** What a transaction watched was changed by others in every one of its attempts; nothing was written. */
export class TransactionConflictError extends RedisError {
  static override readonly kind = 'TransactionConflictError'

  constructor(
    readonly connection: string,
    readonly attempts: number,
  ) {
    super(
      `Transaction on Redis connection "${connection}" met a conflict in each of its ${attempts} attempts; raise attempts or watch fewer keys.`,
      { code: 'TRANSACTION_CONFLICT' },
    )
  }
}

/** A reader of messages was slower than its channel, so that more than `maxBuffered` waited. */
export class MessagesOverflowError extends RedisError {
  static override readonly kind = 'MessagesOverflowError'

  constructor(
    readonly connection: string,
    readonly maxBuffered: number,
  ) {
    super(
      `More than ${maxBuffered} messages wait on Redis connection "${connection}" (maxBuffered); read faster, or say overflow: 'drop-oldest'.`,
      { code: 'MESSAGES_OVERFLOW' },
    )
  }
}

/** An argument that Redis could not store as it was meant; nothing was sent. */
export class InvalidArgumentError extends RedisError {
  static override readonly kind = 'InvalidArgumentError'

  constructor(
    readonly argument: string,
    problem: string,
    readonly command?: string,
  ) {
    super(`${command ? `${command.toUpperCase()}: ` : ''}${argument} ${problem}.`, {
      code: 'ARGUMENT_INVALID',
    })
  }
}

/** Redis answered with an error; `code` is its first word (`WRONGTYPE`, `OOM`, `NOSCRIPT`, …). Holds no arguments, which may be secret. */
export class ReplyError extends RedisError {
  static override readonly kind = 'ReplyError'

  constructor(
    message: string,
    readonly connection: string,
    readonly command: string,
  ) {
    super(`${message} (${command.toUpperCase()} on "${connection}")`, {
      code: /^([A-Z][A-Z0-9]*)\b/.exec(message)?.[1] ?? 'ERR',
    })
  }
}

/** Is this an error of the toolkit (with this `code`, if one is given)? */
export function isRedisError(value: unknown, code?: string): value is RedisError {
  return value instanceof RedisError && (code === undefined || value.code === code)
}

function kindsOf(type: typeof RedisError): string[] {
  const kinds: string[] = []
  for (let at: typeof RedisError | null = type; at?.kind; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, 'kind')) kinds.push(at.kind)
  }
  return kinds
}

function isBranded(value: unknown): value is { [KINDS]: string[] } {
  return typeof value === 'object' && value !== null && KINDS in value
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return 'no connection'
  const first = cause instanceof AggregateError ? cause.errors[0] : undefined
  return cause.message || (first instanceof Error ? first.message : cause.name)
}
