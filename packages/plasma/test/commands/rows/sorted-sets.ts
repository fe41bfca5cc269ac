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
  zrank: [
    row(c => c.zrank('k', 'm'), 'zrank p:k m'),
    row(c => c.zrank('k', 'm', { withScore: true }), 'zrank p:k m WITHSCORE'),
  ],
  zrevrank: [
    row(c => c.zrevrank('k', 'm'), 'zrevrank p:k m'),
    row(c => c.zrevrank('k', 'm', { withScore: true }), 'zrevrank p:k m WITHSCORE'),
  ],
  zpopmin: [row(c => c.zpopmin('k', 3), 'zpopmin p:k 3')],
  zpopmax: [row(c => c.zpopmax('k'), 'zpopmax p:k 1')],
  zmpop: [row(c => c.zmpop(['a'], 'min', { count: 2 }), 'zmpop 1 p:a MIN COUNT 2')],
  zrandmember: [
    row(c => c.zrandmember('k'), 'zrandmember p:k'),
    row(c => c.zrandmember('k', 2), 'zrandmember p:k 2'),
    row(c => c.zrandmember('k', 2, { withScores: true }), 'zrandmember p:k 2 WITHSCORES'),
    row(c => c.zrandmember('k', 2, 'WITHSCORES'), 'zrandmember p:k 2 WITHSCORES'),
  ],
  zscan: [row(c => c.zscan('k', 0, { match: 'a*' }), 'zscan p:k 0 MATCH a*')],
  bzpopmin: [
    row(c => c.bzpopmin('k', 5), 'bzpopmin p:k 5'),
    row(c => c.bzpopmin(['a', 'b'], 0), 'bzpopmin p:a p:b 0'),
  ],
  bzpopmax: [row(c => c.bzpopmax('a', 'b', 0.5), 'bzpopmax p:a p:b 0.5')],
  bzmpop: [
    row(c => c.bzmpop(5, ['a', 'b'], 'max', { count: 2 }), 'bzmpop 5 2 p:a p:b MAX COUNT 2'),
  ],
}
