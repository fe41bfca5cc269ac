import type { SortedSets } from '../../../src/commands/sorted-sets.js'
import { type Rows, row } from './row.js'

const z = { member: 'm', score: 1 }

export const sortedSets: Rows<SortedSets<never>> = {
  zadd: [
    row(c => c.zadd('k', z), 'zadd p:k 1 m'),
    row(c => c.zadd('k', z, { member: 'n', score: 2 }), 'zadd p:k 1 m 2 n'),
    row(c => c.zadd('k', [z], { gt: true, ch: true }), 'zadd p:k GT CH 1 m'),
    row(c => c.zadd('k', z, { nx: true }), 'zadd p:k NX 1 m'),
    row(c => c.zadd('k', 1, 'm', 2, 'n'), 'zadd p:k 1 m 2 n'),
    row(c => c.zadd('k', 'NX', 1, 'm'), 'zadd p:k NX 1 m'),
  ],
  zincrby: [row(c => c.zincrby('k', 1.5, 'm'), 'zincrby p:k 1.5 m')],
  zrem: [row(c => c.zrem('k', 'a', 'b'), 'zrem p:k a b')],
  zscore: [row(c => c.zscore('k', 'm'), 'zscore p:k m')],
  zmscore: [row(c => c.zmscore('k', 'a', 'b'), 'zmscore p:k a b')],
  zcard: [row(c => c.zcard('k'), 'zcard p:k')],
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
  zrank: [row(c => c.zrank('k', 'm'), 'zrank p:k m')],
  zrevrank: [row(c => c.zrevrank('k', 'm'), 'zrevrank p:k m')],
  zpopmin: [row(c => c.zpopmin('k', 3), 'zpopmin p:k 3')],
  zpopmax: [row(c => c.zpopmax('k'), 'zpopmax p:k 1')],
  zmpop: [row(c => c.zmpop(['a'], 'min', { count: 2 }), 'zmpop 1 p:a MIN COUNT 2')],
  zrandmember: [row(c => c.zrandmember('k', 2), 'zrandmember p:k 2')],
  zremrangebyrank: [row(c => c.zremrangebyrank('k', 0, 1), 'zremrangebyrank p:k 0 1')],
  zremrangebyscore: [row(c => c.zremrangebyscore('k', '-inf', 5), 'zremrangebyscore p:k -inf 5')],
  zremrangebylex: [row(c => c.zremrangebylex('k', '-', '+'), 'zremrangebylex p:k - +')],
  zunion: [row(c => c.zunion(['a', 'b'], { aggregate: 'min' }), 'zunion 2 p:a p:b AGGREGATE MIN')],
  zinter: [row(c => c.zinter(['a']), 'zinter 1 p:a')],
  zdiff: [row(c => c.zdiff(['a', 'b'], { withScores: true }), 'zdiff 2 p:a p:b WITHSCORES')],
  zunionstore: [row(c => c.zunionstore('d', ['a']), 'zunionstore p:d 1 p:a')],

  zinterstore: [
    row(
      c => c.zinterstore('d', ['a', 'b'], { weights: [1, 2], aggregate: 'max' }),
      'zinterstore p:d 2 p:a p:b WEIGHTS 1 2 AGGREGATE MAX',
    ),
  ],
  zdiffstore: [row(c => c.zdiffstore('d', ['a', 'b']), 'zdiffstore p:d 2 p:a p:b')],
  zintercard: [row(c => c.zintercard(['a', 'b'], { limit: 1 }), 'zintercard 2 p:a p:b LIMIT 1')],
  zscan: [row(c => c.zscan('k', 0, { match: 'a*' }), 'zscan p:k 0 MATCH a*')],
}
