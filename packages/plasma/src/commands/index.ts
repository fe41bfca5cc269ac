import { Acl } from './acl.js'
import { Bitmaps } from './bitmaps.js'
import { Clients } from './clients.js'
import { ClusterCommands } from './cluster.js'
import { CommandTable } from './command-table.js'
import { Diagnostics } from './diagnostics.js'
import { Functions } from './functions.js'
import { Geo } from './geo.js'
import { HashExpiry } from './hash-expiry.js'
import { Hashes } from './hashes.js'
import { HyperLogLogs } from './hyperloglog.js'
import { KeyExpiry } from './key-expiry.js'
import { Keys } from './keys.js'
import { Lists } from './lists.js'
import { Modules } from './modules.js'
import { PubSub } from './pubsub.js'
import { Replication } from './replication.js'
import { Scripting } from './scripting.js'
import { type Mode, Sender } from './sender.js'
import { Server } from './server.js'
import { Sets } from './sets.js'
import { SortedSetAlgebra } from './sorted-set-algebra.js'
import { SortedSetRanges } from './sorted-set-ranges.js'
import { SortedSets } from './sorted-sets.js'
import { Sorting } from './sorting.js'
import { StreamGroups } from './stream-groups.js'
import { Streams } from './streams.js'
import { Strings } from './strings.js'
import { VectorSets } from './vector-sets.js'

/** Every command. `M` says what its methods give back: see `Mode`. */
export interface Commands<M extends Mode>
  extends Acl<M>,
    Bitmaps<M>,
    Clients<M>,
    ClusterCommands<M>,
    CommandTable<M>,
    Diagnostics<M>,
    Functions<M>,
    Geo<M>,
    HashExpiry<M>,
    Hashes<M>,
    HyperLogLogs<M>,
    KeyExpiry<M>,
    Keys<M>,
    Lists<M>,
    Modules<M>,
    PubSub<M>,
    Replication<M>,
    Scripting<M>,
    Server<M>,
    Sets<M>,
    SortedSetAlgebra<M>,
    SortedSetRanges<M>,
    SortedSets<M>,
    Sorting<M>,
    StreamGroups<M>,
    Streams<M>,
    Strings<M>,
    VectorSets<M> {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the loop below adds every method that the interface promises
export abstract class Commands<M extends Mode> extends Sender<M> {}

for (const family of [
  Acl,
  Bitmaps,
  Clients,
  ClusterCommands,
  CommandTable,
  Diagnostics,
  Functions,
  Geo,
  HashExpiry,
  Hashes,
  HyperLogLogs,
  KeyExpiry,
  Keys,
  Lists,
  Modules,
  PubSub,
  Replication,
  Scripting,
  Server,
  Sets,
  SortedSetAlgebra,
  SortedSetRanges,
  SortedSets,
  Sorting,
  StreamGroups,
  Streams,
  Strings,
  VectorSets,
]) {
  const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(family.prototype)
  Object.defineProperties(Commands.prototype, methods)
}
