export type { Batch, CommandBuilder, Queued, Replies } from './batch.js'
export { type Health, RedisClient, type Sending } from './client.js'
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
export type { ConnectionConfig, NodeAddress, RedisConfig } from './config.js'
export type { ConnectionStatus } from './connection.js'
export type { CustomCommand } from './custom-commands.js'
export {
  CommandTimeoutError,
  ConnectionClosedError,
  ConnectionFailedError,
  ConnectionNotFoundError,
  InvalidArgumentError,
  isRedisError,
  NotConfiguredError,
  RedisConfigError,
  RedisError,
  type RedisErrorOptions,
  ReplyError,
} from './errors.js'
export type { ConnectionEvent, ConnectionEventName } from './events.js'
export { createManager, RedisManager } from './manager.js'
export type { Pipeline, Results } from './pipeline.js'
export { Redis } from './redis.js'
export { defineScript, type Script, type ScriptDefinition } from './script.js'
export type { MessageHandler, PatternHandler, Subscription } from './subscriber.js'
