import type { Streams } from '../../../src/commands/streams.js'
import { type Rows, row } from './row.js'

export const streams: Rows<Streams<never>> = {
  xadd: [
    row(c => c.xadd('k', { a: 1, b: 'x' }), 'xadd p:k * a 1 b x'),
    row(c => c.xadd('k', new Map([['a', 1]]), { id: '1-*' }), 'xadd p:k 1-* a 1'),
    row(c => c.xadd('k', ['a', 1, 'a', 2]), 'xadd p:k * a 1 a 2'),
    row(
      c => c.xadd('k', { a: 1 }, { limit: 9, approx: true, noMkStream: true, maxLen: 100 }),
      'xadd p:k NOMKSTREAM MAXLEN ~ 100 LIMIT 9 * a 1',
    ),
    row(c => c.xadd('k', { a: 1 }, { minId: '5-0' }), 'xadd p:k MINID 5-0 * a 1'),
    row(c => c.xadd('k', { a: 1 }, { maxLen: 0, refs: 'acked' }), 'xadd p:k ACKED MAXLEN 0 * a 1'),
    row(c => c.xadd('k', '*', 'f', 'v'), 'xadd p:k * f v'),
    row(
      c => c.xadd('k', 'MAXLEN', '~', 1000, '*', 'f', Buffer.from('v')),
      'xadd p:k MAXLEN ~ 1000 * f v',
    ),
  ],
  xlen: [row(c => c.xlen('k'), 'xlen p:k')],
  xrange: [
    row(c => c.xrange('k', '-', '+'), 'xrange p:k - +'),
    row(c => c.xrange('k', '(1-1', 5, { count: 2 }), 'xrange p:k (1-1 5 COUNT 2'),
    row(c => c.xrange('k', '-', '+', 'COUNT', 2), 'xrange p:k - + COUNT 2'),
  ],
  xrevrange: [
    row(c => c.xrevrange('k', '+', '-', { count: 1 }), 'xrevrange p:k + - COUNT 1'),
    row(c => c.xrevrange('k', '+', '-', 'COUNT', 1), 'xrevrange p:k + - COUNT 1'),
  ],
  xdel: [
    row(c => c.xdel('k', '1-1', '2-1'), 'xdel p:k 1-1 2-1'),
    row(c => c.xdel('k', ['1-1', '2-1']), 'xdel p:k 1-1 2-1'),
  ],
  xdelex: [
    row(c => c.xdelex('k', '1-1'), 'xdelex p:k IDS 1 1-1'),
    row(c => c.xdelex('k', ['1-1', '2-1'], { refs: 'delete' }), 'xdelex p:k DELREF IDS 2 1-1 2-1'),
  ],
  xtrim: [
    row(c => c.xtrim('k', { maxLen: 10 }), 'xtrim p:k MAXLEN 10'),
    row(
      c => c.xtrim('k', { minId: '1-1', approx: true, limit: 0 }),
      'xtrim p:k MINID ~ 1-1 LIMIT 0',
    ),
    row(c => c.xtrim('k', { maxLen: 10, refs: 'keep' }), 'xtrim p:k KEEPREF MAXLEN 10'),
    row(c => c.xtrim('k', 'MAXLEN', '=', 10), 'xtrim p:k MAXLEN = 10'),
  ],
  xread: [
    row(c => c.xread({ a: '0', b: '$' }), 'xread STREAMS p:a p:b 0 $'),
    row(
      c => c.xread(new Map([[Buffer.from('a'), '0']]), { count: 5, block: 0 }),
      'xread COUNT 5 BLOCK 0 STREAMS p:a 0',
    ),
    row(
      c => c.xread('COUNT', 10, 'STREAMS', 'streams', 'b', '0', 'STREAMS'),
      'xread COUNT 10 STREAMS p:streams p:b 0 STREAMS',
    ),
    row(c => c.xread('block', 10, 'streams', 'k', '0'), 'xread block 10 streams p:k 0'),
  ],
  xsetid: [
    row(c => c.xsetid('k', '9-0'), 'xsetid p:k 9-0'),
    row(
      c => c.xsetid('k', '9-0', { entriesAdded: 9, maxDeletedId: '3-0' }),
      'xsetid p:k 9-0 ENTRIESADDED 9 MAXDELETEDID 3-0',
    ),
  ],
  xinfoStream: [
    row(c => c.xinfoStream('k'), 'xinfo STREAM p:k'),
    row(c => c.xinfoStream('k', { count: 0, full: true }), 'xinfo STREAM p:k FULL COUNT 0'),
  ],
  xinfoGroups: [row(c => c.xinfoGroups('k'), 'xinfo GROUPS p:k')],
  xinfoConsumers: [row(c => c.xinfoConsumers('k', 'g'), 'xinfo CONSUMERS p:k g')],
  xinfo: [
    row(c => c.xinfo('STREAM', 'k', 'FULL'), 'xinfo STREAM p:k FULL'),
    row(c => c.xinfo('HELP'), 'xinfo HELP'),
  ],
}
