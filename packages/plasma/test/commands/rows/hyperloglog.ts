import type { HyperLogLogs } from '../../../src/commands/hyperloglog.js'
import { type Rows, row } from './row.js'

export const hyperloglog: Rows<HyperLogLogs<never>> = {
  pfadd: [
    row(c => c.pfadd('k', 'a', 1), 'pfadd p:k a 1'),
    row(c => c.pfadd('k', ['a', 'b']), 'pfadd p:k a b'),
    row(c => c.pfadd('k'), 'pfadd p:k'),
  ],
  pfcount: [row(c => c.pfcount('a', 'b'), 'pfcount p:a p:b')],
  pfmerge: [
    row(c => c.pfmerge('d', 'a', 'b'), 'pfmerge p:d p:a p:b'),
    row(c => c.pfmerge('d', ['a']), 'pfmerge p:d p:a'),
  ],
}
