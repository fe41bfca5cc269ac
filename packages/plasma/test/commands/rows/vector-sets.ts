import type { VectorSets } from '../../../src/commands/vector-sets.js'
import { type Rows, row } from './row.js'

/** 1 and 2 as 32-bit floats. */
const ONE_TWO = Buffer.from([0, 0, 128, 63, 0, 0, 0, 64])
const TEXT = ONE_TWO.toString()

export const vectorSets: Rows<VectorSets<never>> = {
  vadd: [
    row(c => c.vadd('vs', 'e', [1, 2]), `vadd p:vs FP32 ${TEXT} e`),
    row(c => c.vadd('vs', 'e', Float32Array.of(1, 2)), `vadd p:vs FP32 ${TEXT} e`),
    row(c => c.vadd('vs', 'e', ONE_TWO), `vadd p:vs FP32 ${TEXT} e`),
    row(
      c =>
        c.vadd('vs', 'f', [1, 2], { cas: true, quant: 'q8', ef: 9, attributes: { a: 1 }, m: 16 }),
      `vadd p:vs FP32 ${TEXT} f CAS Q8 EF 9 SETATTR {"a":1} M 16`,
    ),
    row(
      c => c.vadd('reduced', 'e', [1, 2], { quant: 'none', reduce: 1 }),
      `vadd p:reduced REDUCE 1 FP32 ${TEXT} e NOQUANT`,
    ),
    row(c => c.vadd('vs', 'VALUES', 2, 1, 2, 'e'), 'vadd p:vs VALUES 2 1 2 e'),
    row(c => c.vadd('vs', 'FP32', ONE_TWO, 'e'), `vadd p:vs FP32 ${TEXT} e`),
    row(
      c => c.vadd('vs', 'FP32', ONE_TWO, 'e', 'SETATTR', '{}'),
      `vadd p:vs FP32 ${TEXT} e SETATTR {}`,
    ),
  ],
  vcard: [row(c => c.vcard('vs'), 'vcard p:vs')],
  vdim: [row(c => c.vdim('vs'), 'vdim p:vs')],
  vemb: [row(c => c.vemb('vs', 'e'), 'vemb p:vs e')],
  vgetattr: [row(c => c.vgetattr('vs', 'e'), 'vgetattr p:vs e')],
  vsetattr: [
    row(c => c.vsetattr('vs', 'e', { a: 'b' }), 'vsetattr p:vs e {"a":"b"}'),
    row(c => c.vsetattr('vs', 'e', null), 'vsetattr p:vs e '),
  ],
  vinfo: [row(c => c.vinfo('vs'), 'vinfo p:vs')],
  vismember: [row(c => c.vismember('vs', 'e'), 'vismember p:vs e')],
  vlinks: [
    row(c => c.vlinks('vs', 'e'), 'vlinks p:vs e'),
    row(c => c.vlinks('vs', 'e', { withScores: true }), 'vlinks p:vs e WITHSCORES'),
  ],
  vrandmember: [
    row(c => c.vrandmember('vs'), 'vrandmember p:vs'),
    row(c => c.vrandmember('vs', -3), 'vrandmember p:vs -3'),
  ],
  vrange: [
    row(c => c.vrange('vs', '[a', '+'), 'vrange p:vs [a +'),
    row(c => c.vrange('vs', '-', '(b', 5), 'vrange p:vs - (b 5'),
  ],
  vrem: [row(c => c.vrem('vs', 'none'), 'vrem p:vs none')],
  vsim: [
    row(c => c.vsim('vs', 'e'), 'vsim p:vs ELE e'),
    row(c => c.vsim('vs', [1, 2]), `vsim p:vs FP32 ${TEXT}`),
    row(c => c.vsim('vs', 'e', { withScores: true }), 'vsim p:vs ELE e WITHSCORES'),
    row(
      c =>
        c.vsim('vs', 'e', {
          count: 3,
          epsilon: 0.5,
          ef: 9,
          filter: '.a == 1',
          filterEf: 7,
          truth: true,
          noThread: true,
        }),
      'vsim p:vs ELE e COUNT 3 EPSILON 0.5 EF 9 FILTER .a == 1 FILTER-EF 7 TRUTH NOTHREAD',
    ),
    row(c => c.vsim('vs', 'e', { withAttribs: true }), 'vsim p:vs ELE e WITHSCORES WITHATTRIBS'),
    row(c => c.vsim('vs', 'VALUES', 2, 1, 2, 'COUNT', 1), 'vsim p:vs VALUES 2 1 2 COUNT 1'),
    row(c => c.vsim('vs', 'ELE', 'e'), 'vsim p:vs ELE e'),
  ],
}
