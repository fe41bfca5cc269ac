import type { CommandBuilder } from '../../../src/batches/batch.js'
import { acl } from './acl.js'
import { bitmaps } from './bitmaps.js'
import { clients } from './clients.js'
import { cluster } from './cluster.js'
import { commandTable } from './command-table.js'
import { diagnostics } from './diagnostics.js'
import { functions } from './functions.js'
import { geo } from './geo.js'
import { hashExpiry } from './hash-expiry.js'
import { hashes } from './hashes.js'
import { hyperloglog } from './hyperloglog.js'
import { keyExpiry } from './key-expiry.js'
import { keys } from './keys.js'
import { lists } from './lists.js'
import { modules } from './modules.js'
import { pubsub } from './pubsub.js'
import { replication } from './replication.js'
import type { Row } from './row.js'
import { scripting } from './scripting.js'
import { server } from './server.js'
import { sets } from './sets.js'
import { sortedSetAlgebra } from './sorted-set-algebra.js'
import { sortedSetRanges } from './sorted-set-ranges.js'
import { sortedSets } from './sorted-sets.js'
import { sorting } from './sorting.js'
import { streamGroups } from './stream-groups.js'
import { streams } from './streams.js'
import { strings } from './strings.js'
import { vectorSets } from './vector-sets.js'

/** Every command; a missing one does not compile. */
export const ROWS: { [Name in Exclude<keyof CommandBuilder, 'send' | 'run'>]: readonly Row[] } = {
  ...acl,
  ...bitmaps,
  ...clients,
  ...cluster,
  ...commandTable,
  ...diagnostics,
  ...functions,
  ...geo,
  ...hashExpiry,
  ...hashes,
  ...hyperloglog,
  ...keyExpiry,
  ...keys,
  ...lists,
  ...modules,
  ...pubsub,
  ...replication,
  ...scripting,
  ...server,
  ...sets,
  ...sortedSetAlgebra,
  ...sortedSetRanges,
  ...sortedSets,
  ...sorting,
  ...streamGroups,
  ...streams,
  ...strings,
  ...vectorSets,
}
