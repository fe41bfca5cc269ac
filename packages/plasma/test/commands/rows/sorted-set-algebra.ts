import type { SortedSetAlgebra } from '../../../src/commands/sorted-set-algebra.js'
import { type Rows, row } from './row.js'

export const sortedSetAlgebra: Rows<SortedSetAlgebra<never>> = {
  zunion: [
    row(c => c.zunion(['a', 'b'], { aggregate: 'min' }), 'zunion 2 p:a p:b AGGREGATE MIN'),
    row(c => c.zunion(2, 'a', 'b', 'WITHSCORES'), 'zunion 2 p:a p:b WITHSCORES'),
  ],
  zinter: [
    row(c => c.zinter(['a']), 'zinter 1 p:a'),
    row(c => c.zinter(2, 'a', 'b', 'WITHSCORES'), 'zinter 2 p:a p:b WITHSCORES'),
  ],
  zdiff: [
    row(c => c.zdiff(['a', 'b'], { withScores: true }), 'zdiff 2 p:a p:b WITHSCORES'),
    row(c => c.zdiff(2, 'a', 'b', 'WITHSCORES'), 'zdiff 2 p:a p:b WITHSCORES'),
  ],
  zunionstore: [
    row(c => c.zunionstore('d', ['a']), 'zunionstore p:d 1 p:a'),
    row(
      c => c.zunionstore('d', 2, 'a', 'b', 'WEIGHTS', 1, 2),
      'zunionstore p:d 2 p:a p:b WEIGHTS 1 2',
    ),
  ],
  zinterstore: [
    row(
      c => c.zinterstore('d', ['a', 'b'], { weights: [1, 2], aggregate: 'max' }),
      'zinterstore p:d 2 p:a p:b WEIGHTS 1 2 AGGREGATE MAX',
    ),
    row(
      c => c.zinterstore('d', 2, 'a', 'b', 'WEIGHTS', 1, 2),
      'zinterstore p:d 2 p:a p:b WEIGHTS 1 2',
    ),
  ],
  zdiffstore: [
    row(c => c.zdiffstore('d', ['a', 'b']), 'zdiffstore p:d 2 p:a p:b'),
    row(c => c.zdiffstore('d', 1, 'a'), 'zdiffstore p:d 1 p:a'),
  ],
  zintercard: [
    row(c => c.zintercard(['a', 'b'], { limit: 1 }), 'zintercard 2 p:a p:b LIMIT 1'),
    row(c => c.zintercard(2, 'a', 'b', 'LIMIT', 1), 'zintercard 2 p:a p:b LIMIT 1'),
  ],
}
