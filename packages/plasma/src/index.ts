export type { Batch, CommandBuilder, Queued, Replies } from './batches/batch.js'
export type { Pipeline, PlainReplies, Results } from './batches/pipeline.js'
export type { Transaction, TransactionOptions } from './batches/transaction.js'
export { RedisClient } from './client.js'
export type { AclLogEntry, AclRules, AclUser } from './commands/acl.js'
export type { Argument, Key, Value } from './commands/arguments.js'
export type {
  BitEncoding,
  BitfieldGet,
  BitfieldOperation,
  BitOffset,
  BitOperation,
  BitUnit,
} from './commands/bitmaps.js'
export type { ClientInfo, TrackingInfo } from './commands/client-replies.js'
export type {
  ClientFilter,
  ClientListOptions,
  ClientType,
  TrackingOptions,
} from './commands/clients.js'
export type { SlotState, SlotStatsOptions } from './commands/cluster.js'
export type {
  ClusterInfo,
  ClusterLink,
  ClusterNode,
  ClusterShard,
  NodeId,
  SlotNode,
  SlotOwner,
  SlotRange,
  SlotStats,
} from './commands/cluster-replies.js'
export type {
  CommandArgument,
  CommandDocs,
  CommandInfo,
  CommandListFilter,
} from './commands/command-table.js'
export type {
  LatencyEvent,
  LatencyHistogram,
  LatencySample,
  MemoryStats,
  SlowCommand,
} from './commands/diagnostics.js'
export type { FunctionLibrary, FunctionListOptions, FunctionStats } from './commands/functions.js'
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
export type { FieldExpired, FieldPersisted, SetFieldsOptions } from './commands/hash-expiry.js'
export type { ScannedFieldNames, ScannedFields } from './commands/hashes.js'
export type { ExpireOptions } from './commands/key-expiry.js'
export type {
  KeyScanOptions,
  MigrateOptions,
  MigrationTarget,
  RedisType,
  ScannedKeys,
  ScanOptions,
} from './commands/keys.js'
export type { PoppedElement, PoppedElements, PositionOptions, Side } from './commands/lists.js'
export type { ModuleInfo, ModuleOptions } from './commands/modules.js'
export type { FailoverOptions, Role, ShutdownOptions } from './commands/replication.js'
export type { ScoredMember, Text } from './commands/replies.js'
export type { FlushMode } from './commands/scripting.js'
export type { Decode, Mode, Returns } from './commands/sender.js'
export type { ServerTime } from './commands/server.js'
export type { ScannedMembers } from './commands/sets.js'
export type { CombineOptions } from './commands/sorted-set-algebra.js'
export type { Bound, LimitOptions, RangeOptions } from './commands/sorted-set-ranges.js'
export type {
  AddOptions,
  NewMember,
  PoppedMember,
  PoppedMembers,
  Ranked,
  ScannedRanks,
} from './commands/sorted-sets.js'
export type { SortOptions } from './commands/sorting.js'
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
export type {
  CommonPart,
  CommonParts,
  Comparison,
  Condition,
  Expiry,
  GetExOptions,
  PartsOptions,
  SetManyOptions,
  SetOptions,
} from './commands/strings.js'
export type {
  SimilarElement,
  SimilarOptions,
  Vector,
  VectorAddOptions,
  VectorAttributes,
  VectorSetInfo,
} from './commands/vector-sets.js'
export type { TlsConfig } from './config/tls.js'
export type {
  ConnectionConfig,
  IoredisInstance,
  NodeAddress,
  RedisConfig,
} from './config/types.js'
export type { ConnectionStatus } from './connection/connection.js'
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
export type { Message, Messages, MessagesOptions } from './pubsub/messages.js'
export type { MessageHandler, PatternHandler, Subscription } from './pubsub/subscriber.js'
export { Redis } from './redis.js'
export type { CustomCommand } from './scripting/custom-commands.js'
export { defineScript, type Script, type ScriptDefinition } from './scripting/script.js'
export type { ConsumedEntry, StreamConsumer } from './streams/consumer.js'
export type { ConsumeOptions } from './streams/options.js'
export type { CommandEvent, CommandListener, ListenOptions } from './telemetry/commands.js'
export type { ConnectionEvent, ConnectionEventName } from './telemetry/events.js'
export type { ConnectionStats, LatencySummary } from './telemetry/stats.js'
export type { Bytes, Sending, SendingBytes, View } from './view.js'
