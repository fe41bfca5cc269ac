import type { SortedSetAlgebra } from '../../../src/commands/sorted-set-algebra.js'
import { type Rows, row } from './row.js'

export const sortedSetAlgebra: Rows<SortedSetAlgebra<never>> = {
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
}
