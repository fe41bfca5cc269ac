import type { ClusterCommands } from '../../../src/commands/cluster.js'
import { type Rows, row } from './row.js'

export const cluster: Rows<ClusterCommands<never>> = {
  clusterInfo: [row(c => c.clusterInfo(), 'cluster INFO')],
  clusterNodes: [row(c => c.clusterNodes(), 'cluster NODES')],
  clusterShards: [row(c => c.clusterShards(), 'cluster SHARDS')],
  clusterSlots: [row(c => c.clusterSlots(), 'cluster SLOTS')],
  clusterSlotStats: [
    row(c => c.clusterSlotStats({ from: 0, to: 9 }), 'cluster SLOT-STATS SLOTSRANGE 0 9'),
    row(
      c => c.clusterSlotStats({ orderBy: 'key-count', limit: 5, order: 'desc' }),
      'cluster SLOT-STATS ORDERBY KEY-COUNT LIMIT 5 DESC',
    ),
  ],
  clusterLinks: [row(c => c.clusterLinks(), 'cluster LINKS')],
  clusterMyId: [row(c => c.clusterMyId(), 'cluster MYID')],
  clusterMyShardId: [row(c => c.clusterMyShardId(), 'cluster MYSHARDID')],
  clusterKeyslot: [row(c => c.clusterKeyslot('k'), 'cluster KEYSLOT p:k')],
  clusterCountKeysInSlot: [row(c => c.clusterCountKeysInSlot(7), 'cluster COUNTKEYSINSLOT 7')],
  clusterGetKeysInSlot: [row(c => c.clusterGetKeysInSlot(7, 3), 'cluster GETKEYSINSLOT 7 3')],
  clusterCountFailureReports: [
    row(c => c.clusterCountFailureReports('id'), 'cluster COUNT-FAILURE-REPORTS id'),
  ],
  clusterReplicas: [row(c => c.clusterReplicas('id'), 'cluster REPLICAS id')],
  clusterAddSlots: [
    row(c => c.clusterAddSlots(1, 2), 'cluster ADDSLOTS 1 2'),
    row(c => c.clusterAddSlots([1, 2]), 'cluster ADDSLOTS 1 2'),
  ],
  clusterAddSlotsRange: [
    row(
      c => c.clusterAddSlotsRange({ from: 0, to: 5 }, { from: 7, to: 9 }),
      'cluster ADDSLOTSRANGE 0 5 7 9',
    ),
    row(c => c.clusterAddSlotsRange(0, 5), 'cluster ADDSLOTSRANGE 0 5'),
  ],
  clusterDelSlots: [row(c => c.clusterDelSlots(1, 2), 'cluster DELSLOTS 1 2')],
  clusterDelSlotsRange: [
    row(c => c.clusterDelSlotsRange([{ from: 0, to: 5 }]), 'cluster DELSLOTSRANGE 0 5'),
  ],
  clusterFlushSlots: [row(c => c.clusterFlushSlots(), 'cluster FLUSHSLOTS')],
  clusterSetSlot: [
    row(c => c.clusterSetSlot(7, { importing: 'id' }), 'cluster SETSLOT 7 IMPORTING id'),
    row(c => c.clusterSetSlot(7, { migrating: 'id' }), 'cluster SETSLOT 7 MIGRATING id'),
    row(c => c.clusterSetSlot(7, { node: 'id' }), 'cluster SETSLOT 7 NODE id'),
    row(c => c.clusterSetSlot(7, { stable: true }), 'cluster SETSLOT 7 STABLE'),
  ],
  clusterMeet: [
    row(c => c.clusterMeet('h', 6379), 'cluster MEET h 6379'),
    row(c => c.clusterMeet('h', 6379, 16379), 'cluster MEET h 6379 16379'),
  ],
  clusterForget: [row(c => c.clusterForget('id'), 'cluster FORGET id')],
  clusterReplicate: [row(c => c.clusterReplicate('id'), 'cluster REPLICATE id')],
  clusterFailover: [
    row(c => c.clusterFailover(), 'cluster FAILOVER'),
    row(c => c.clusterFailover('takeover'), 'cluster FAILOVER TAKEOVER'),
  ],
  clusterReset: [row(c => c.clusterReset('hard'), 'cluster RESET HARD')],
  clusterSaveConfig: [row(c => c.clusterSaveConfig(), 'cluster SAVECONFIG')],
  clusterSetConfigEpoch: [row(c => c.clusterSetConfigEpoch(7), 'cluster SET-CONFIG-EPOCH 7')],
  clusterBumpEpoch: [row(c => c.clusterBumpEpoch(), 'cluster BUMPEPOCH')],
  cluster: [row(c => c.cluster('INFO'), 'cluster INFO')],
  readonly: [row(c => c.readonly(), 'readonly')],
  readwrite: [row(c => c.readwrite(), 'readwrite')],
}
