import type { SortedSetRanges } from '../../../src/commands/sorted-set-ranges.js'
import { type Rows, row } from './row.js'

export const sortedSetRanges: Rows<SortedSetRanges<never>> = {
  zcount: [row(c => c.zcount('k', '-inf', '(5'), 'zcount p:k -inf (5')],
  zlexcount: [row(c => c.zlexcount('k', '-', '+'), 'zlexcount p:k - +')],
  zrange: [
    row(c => c.zrange('k', 0, -1), 'zrange p:k 0 -1'),
    row(
      c =>
        c.zrange('k', 9, '(1', {
          by: 'score',
          rev: true,
          limit: { offset: 0, count: 2 },
          withScores: true,
        }),
      'zrange p:k 9 (1 BYSCORE REV LIMIT 0 2 WITHSCORES',
    ),
    row(c => c.zrange('k', 0, -1, 'WITHSCORES'), 'zrange p:k 0 -1 WITHSCORES'),
  ],
  zrangestore: [
    row(c => c.zrangestore('d', 's', 0, 9, { rev: true }), 'zrangestore p:d p:s 0 9 REV'),
  ],
  zrevrange: [
    row(c => c.zrevrange('k', 0, 10), 'zrevrange p:k 0 10'),
    row(c => c.zrevrange('k', 0, 10, { withScores: true }), 'zrevrange p:k 0 10 WITHSCORES'),
  ],
  zrangebyscore: [
    row(
      c => c.zrangebyscore('k', 0, 9, { limit: { offset: 1, count: 2 }, withScores: true }),
      'zrangebyscore p:k 0 9 LIMIT 1 2 WITHSCORES',
    ),
    row(c => c.zrangebyscore('k', 0, 9, 'LIMIT', 0, 5), 'zrangebyscore p:k 0 9 LIMIT 0 5'),
  ],
  zrevrangebyscore: [row(c => c.zrevrangebyscore('k', 9, 0), 'zrevrangebyscore p:k 9 0')],
  zrangebylex: [row(c => c.zrangebylex('k', '[a', '+'), 'zrangebylex p:k [a +')],
  zrevrangebylex: [row(c => c.zrevrangebylex('k', '+', '-'), 'zrevrangebylex p:k + -')],
  zremrangebyrank: [row(c => c.zremrangebyrank('k', 0, 1), 'zremrangebyrank p:k 0 1')],
  zremrangebyscore: [row(c => c.zremrangebyscore('k', '-inf', 5), 'zremrangebyscore p:k -inf 5')],
  zremrangebylex: [row(c => c.zremrangebylex('k', '-', '+'), 'zremrangebylex p:k - +')],
}
