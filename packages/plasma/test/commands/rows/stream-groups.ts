import type { StreamGroups } from '../../../src/commands/stream-groups.js'
import { type Rows, row } from './row.js'

export const streamGroups: Rows<StreamGroups<never>> = {
  xgroupCreate: [
    row(c => c.xgroupCreate('k', 'g'), 'xgroup CREATE p:k g $'),
    row(
      c => c.xgroupCreate('k', 'g', '0', { mkStream: true, entriesRead: -1 }),
      'xgroup CREATE p:k g 0 MKSTREAM ENTRIESREAD -1',
    ),
  ],
  xgroupCreateConsumer: [
    row(c => c.xgroupCreateConsumer('k', 'g', 'c'), 'xgroup CREATECONSUMER p:k g c'),
  ],
  xgroupDelConsumer: [row(c => c.xgroupDelConsumer('k', 'g', 'c'), 'xgroup DELCONSUMER p:k g c')],
  xgroupDestroy: [row(c => c.xgroupDestroy('k', 'g'), 'xgroup DESTROY p:k g')],
  xgroupSetId: [
    row(
      c => c.xgroupSetId('k', 'g', '0', { entriesRead: 3 }),
      'xgroup SETID p:k g 0 ENTRIESREAD 3',
    ),
  ],
  xgroup: [
    row(c => c.xgroup('CREATE', 'k', 'g', '$', 'MKSTREAM'), 'xgroup CREATE p:k g $ MKSTREAM'),
  ],
  xreadgroup: [
    row(
      c => c.xreadgroup('g', 'c', { a: '>', b: '0' }),
      'xreadgroup GROUP g c STREAMS p:a p:b > 0',
    ),
    row(
      c => c.xreadgroup('GROUP', 'c', { a: '>' }, { count: 1, block: 5, noAck: true }),
      'xreadgroup GROUP GROUP c COUNT 1 BLOCK 5 NOACK STREAMS p:a >',
    ),
    row(
      c => c.xreadgroup('GROUP', 'STREAMS', 'streams', 'COUNT', 1, 'STREAMS', 'a', 'b', '>', '0'),
      'xreadgroup GROUP STREAMS streams COUNT 1 STREAMS p:a p:b > 0',
    ),
  ],
  xack: [
    row(c => c.xack('k', 'g', '1-1', '2-1'), 'xack p:k g 1-1 2-1'),
    row(c => c.xack('k', 'g', ['1-1']), 'xack p:k g 1-1'),
  ],
  xackdel: [
    row(c => c.xackdel('k', 'g', '1-1'), 'xackdel p:k g IDS 1 1-1'),
    row(
      c => c.xackdel('k', 'g', ['1-1', '2-1'], { refs: 'acked' }),
      'xackdel p:k g ACKED IDS 2 1-1 2-1',
    ),
  ],
  xpending: [
    row(c => c.xpending('k', 'g'), 'xpending p:k g'),
    row(c => c.xpending('k', 'g', { count: 10 }), 'xpending p:k g - + 10'),
    row(
      c => c.xpending('k', 'g', { consumer: 'c', count: 10, end: '9', start: '1', idle: 500 }),
      'xpending p:k g IDLE 500 1 9 10 c',
    ),
    row(c => c.xpending('k', 'g', '-', '+', 10, 'c'), 'xpending p:k g - + 10 c'),
  ],
  xclaim: [
    row(c => c.xclaim('k', 'g', 'c', 0, '1-1'), 'xclaim p:k g c 0 1-1'),
    row(
      c =>
        c.xclaim('k', 'g', 'c', 60, ['1-1', '2-1'], {
          idle: 1,
          retryCount: 2,
          force: true,
          justId: true,
          lastId: '3-1',
        }),
      'xclaim p:k g c 60 1-1 2-1 IDLE 1 RETRYCOUNT 2 FORCE JUSTID LASTID 3-1',
    ),
    row(c => c.xclaim('k', 'g', 'c', 60, '1-1', { time: 5 }), 'xclaim p:k g c 60 1-1 TIME 5'),
    row(c => c.xclaim('k', 'g', 'c', 60, '1-1', 'JUSTID'), 'xclaim p:k g c 60 1-1 JUSTID'),
  ],
  xautoclaim: [
    row(c => c.xautoclaim('k', 'g', 'c', 60, '0'), 'xautoclaim p:k g c 60 0'),
    row(
      c => c.xautoclaim('k', 'g', 'c', 60, '0', { count: 5, justId: true }),
      'xautoclaim p:k g c 60 0 COUNT 5 JUSTID',
    ),
    row(c => c.xautoclaim('k', 'g', 'c', 60, '0', 'COUNT', 5), 'xautoclaim p:k g c 60 0 COUNT 5'),
  ],
}
