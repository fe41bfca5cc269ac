import { Bitmaps } from './bitmaps.js'
import { Geo } from './geo.js'
import { Hashes } from './hashes.js'
import { HyperLogLogs } from './hyperloglog.js'
import { Keys } from './keys.js'
import { Lists } from './lists.js'
import { PubSub } from './pubsub.js'
import { Scripting } from './scripting.js'
import { type Mode, Sender } from './sender.js'
import { Server } from './server.js'
import { Sets } from './sets.js'
import { SortedSets } from './sorted-sets.js'
import { StreamGroups } from './stream-groups.js'
import { Streams } from './streams.js'
import { Strings } from './strings.js'

/** Every command. `M` says what its methods give back: see `Mode`. */
export interface Commands<M extends Mode>
  extends Bitmaps<M>,
    Geo<M>,
    Hashes<M>,
    HyperLogLogs<M>,
    Keys<M>,
    Lists<M>,
    PubSub<M>,
    Scripting<M>,
    Server<M>,
    Sets<M>,
    SortedSets<M>,
    StreamGroups<M>,
    Streams<M>,
    Strings<M> {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the loop below adds every method that the interface promises
export abstract class Commands<M extends Mode> extends Sender<M> {}

for (const family of [
  Bitmaps,
  Geo,
  Hashes,
  HyperLogLogs,
  Keys,
  Lists,
  PubSub,
  Scripting,
  Server,
  Sets,
  SortedSets,
  StreamGroups,
  Streams,
  Strings,
]) {
  const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(family.prototype)
  Object.defineProperties(Commands.prototype, methods)
}
