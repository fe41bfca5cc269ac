import type { Replication } from '../../../src/commands/replication.js'
import { type Rows, row } from './row.js'

export const replication: Rows<Replication<never>> = {
  bgsave: [
    row(c => c.bgsave(), 'bgsave'),
    row(c => c.bgsave({ schedule: true }), 'bgsave SCHEDULE'),
  ],
  bgrewriteaof: [row(c => c.bgrewriteaof(), 'bgrewriteaof')],
  save: [row(c => c.save(), 'save')],
  lastsave: [row(c => c.lastsave(), 'lastsave')],
  role: [row(c => c.role(), 'role')],
  replicaof: [
    row(c => c.replicaof('h', 6380), 'replicaof h 6380'),
    row(c => c.replicaof('NO', 'ONE'), 'replicaof NO ONE'),
  ],
  slaveof: [row(c => c.slaveof('h', 6380), 'slaveof h 6380')],
  failover: [
    row(c => c.failover(), 'failover'),
    row(
      c => c.failover({ to: { host: 'h', port: 6380, force: true }, timeout: 9 }),
      'failover TO h 6380 FORCE TIMEOUT 9',
    ),
  ],
  failoverAbort: [row(c => c.failoverAbort(), 'failover ABORT')],
  shutdown: [
    row(c => c.shutdown(), 'shutdown'),
    row(c => c.shutdown({ save: false, now: true, force: true }), 'shutdown NOSAVE NOW FORCE'),
    row(c => c.shutdown({ save: true }), 'shutdown SAVE'),
  ],
  shutdownAbort: [row(c => c.shutdownAbort(), 'shutdown ABORT')],
  wait: [row(c => c.wait(1, 100), 'wait 1 100')],
  waitaof: [row(c => c.waitaof(1, 0, 100), 'waitaof 1 0 100')],
}
