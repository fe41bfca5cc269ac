import { Hashes } from './hashes.js'
import { Keys } from './keys.js'
import { Lists } from './lists.js'
import { PubSub } from './pubsub.js'
import { Scripting } from './scripting.js'
import { type Mode, Sender } from './sender.js'
import { Server } from './server.js'
import { Sets } from './sets.js'
import { SortedSets } from './sorted-sets.js'
import { Strings } from './strings.js'

/** Every command. `M` says what its methods give back: see `Mode`. */
export interface Commands<M extends Mode>
  extends Hashes<M>,
    Keys<M>,
    Lists<M>,
    PubSub<M>,
    Scripting<M>,
    Server<M>,
    Sets<M>,
    SortedSets<M>,
    Strings<M> {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the loop below adds every method that the interface promises
export abstract class Commands<M extends Mode> extends Sender<M> {}

for (const family of [Hashes, Keys, Lists, PubSub, Scripting, Server, Sets, SortedSets, Strings]) {
  const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(family.prototype)
  Object.defineProperties(Commands.prototype, methods)
}
