export type { Batch, CommandBuilder, Queued, Replies } from './batch.js'
export { RedisClient } from './client.js'
export type { Argument, Key, Value } from './commands/arguments.js'
export type {
  BitEncoding,
  BitfieldGet,
  BitfieldOperation,
  BitOffset,
  BitOperation,
  BitUnit,
} from './commands/bitmaps.js'
export type { GeoAddOptions } from './commands/geo.js'
export type {
  GeoArea,
  GeoFound,
  GeoMember,
  GeoPosition,
  GeoReply,
  GeoSearchOptions,
  GeoStoreOptions,
  GeoUnit,
} from './commands/geo-search.js'
export type { ScannedFields } from './commands/hashes.js'
export type {
  ExpireOptions,
  KeyScanOptions,
  RedisType,
  ScannedKeys,
  ScanOptions,
  SortOptions,
} from './commands/keys.js'
export type { PositionOptions, Side } from './commands/lists.js'
export type { ScoredMember } from './commands/replies.js'
export type { Decode, Mode, Returns } from './commands/sender.js'
export type { ServerTime } from './commands/server.js'
export type { ScannedMembers } from './commands/sets.js'
export type {
  AddOptions,
  Bound,
  CombineOptions,
  LimitOptions,
  NewMember,
  RangeOptions,
} from './commands/sorted-sets.js'
export type {
  AddEntryOptions,
  EntryFields,
  Id,
  References,
  StreamPositions,
  TrimOptions,
} from './commands/stream-arguments.js'
export type { ClaimOptions, GroupReadOptions, PendingOptions } from './commands/stream-groups.js'
export type {
  AutoClaimed,
  AutoClaimedIds,
  ConsumerInfo,
  DeliveredEntry,
  EntryId,
  GroupInfo,
  GroupInfoFull,
  PendingEntry,
  PendingSummary,
  StreamEntry,
  StreamInfo,
  StreamInfoFull,
  StreamRead,
} from './commands/stream-replies.js'
export type { ReadOptions } from './commands/streams.js'
export type { Condition, Expiry, GetExOptions, SetOptions } from './commands/strings.js'
export type { TlsConfig } from './config/tls.js'
export type { ConnectionConfig, NodeAddress, RedisConfig } from './config/types.js'
export type { ConnectionStatus } from './connection/connection.js'
export type { CustomCommand } from './custom-commands.js'
export type { CallOptions } from './dispatcher.js'
export {
  CommandTimeoutError,
  ConnectionClosedError,
  ConnectionFailedError,
  ConnectionNotFoundError,
  InvalidArgumentError,
  isRedisError,
  MessagesOverflowError,
  NotConfiguredError,
  QueueFullError,
  RedisConfigError,
  RedisError,
  type RedisErrorOptions,
  ReplyError,
  ReplyLostError,
  TransactionConflictError,
} from './errors.js'
export type { Health } from './health.js'
export { createManager, RedisManager } from './manager.js'
export type { Message, Messages, MessagesOptions } from './messages.js'
export type { Pipeline, PlainReplies, Results } from './pipeline.js'
export { Redis } from './redis.js'
export { defineScript, type Script, type ScriptDefinition } from './script.js'
export type { ConsumedEntry, StreamConsumer } from './stream-consumer.js'
export type { ConsumeOptions } from './stream-options.js'
export type { MessageHandler, PatternHandler, Subscription } from './subscriber.js'
export type { CommandEvent, CommandListener, ListenOptions } from './telemetry/commands.js'
export type { ConnectionEvent, ConnectionEventName } from './telemetry/events.js'
export type { ConnectionStats, LatencySummary } from './telemetry/stats.js'
export type { Transaction, TransactionOptions } from './transaction.js'
export type { Bytes, Sending, SendingBytes, View } from './view.js'
