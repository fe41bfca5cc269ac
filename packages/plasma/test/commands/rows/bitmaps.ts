import type { Bitmaps } from '../../../src/commands/bitmaps.js'
import { type Rows, row } from './row.js'

export const bitmaps: Rows<Bitmaps<never>> = {
  setbit: [row(c => c.setbit('k', 7, 1), 'setbit p:k 7 1')],
  getbit: [row(c => c.getbit('k', 7), 'getbit p:k 7')],
  bitcount: [
    row(c => c.bitcount('k'), 'bitcount p:k'),
    row(c => c.bitcount('k', 0, -1), 'bitcount p:k 0 -1'),
    row(c => c.bitcount('k', 0, 30, 'bit'), 'bitcount p:k 0 30 BIT'),
  ],
  bitpos: [
    row(c => c.bitpos('k', 1), 'bitpos p:k 1'),
    row(c => c.bitpos('k', 0, 2), 'bitpos p:k 0 2'),
    row(c => c.bitpos('k', 0, 2, -1, 'BYTE'), 'bitpos p:k 0 2 -1 BYTE'),
  ],
  bitop: [
    row(c => c.bitop('and', 'd', 'a', 'b'), 'bitop AND p:d p:a p:b'),
    row(c => c.bitop('OR', 'd', ['a', 'b']), 'bitop OR p:d p:a p:b'),
    row(c => c.bitop('xor', 'd', 'a'), 'bitop XOR p:d p:a'),
    row(c => c.bitop('not', 'd', 'a'), 'bitop NOT p:d p:a'),
    row(c => c.bitop('diff', 'd', 'a', 'b'), 'bitop DIFF p:d p:a p:b'),
    row(c => c.bitop('diff1', 'd', 'a', 'b'), 'bitop DIFF1 p:d p:a p:b'),
    row(c => c.bitop('andor', 'd', 'a', 'b'), 'bitop ANDOR p:d p:a p:b'),
    row(c => c.bitop('one', 'd', 'a', 'b'), 'bitop ONE p:d p:a p:b'),
  ],
  bitfield: [
    row(
      c =>
        c.bitfield('k', [
          { get: 'u8', offset: 0 },
          { value: 255, offset: '#1', set: 'u8' },
          { overflow: 'sat' },
          { incrBy: 'i64', offset: '#2', increment: -9007199254740993n },
        ]),
      'bitfield p:k GET u8 0 SET u8 #1 255 OVERFLOW SAT INCRBY i64 #2 -9007199254740993',
    ),
    row(c => c.bitfield('k', []), 'bitfield p:k'),
    row(c => c.bitfield('k', 'SET', 'u8', '#0', 1), 'bitfield p:k SET u8 #0 1'),
  ],
  bitfieldRo: [
    row(c => c.bitfieldRo('k', [{ get: 'u63', offset: 9 }]), 'bitfield_ro p:k GET u63 9'),
    row(c => c.bitfieldRo('k', 'GET', 'i8', '#1'), 'bitfield_ro p:k GET i8 #1'),
  ],
}
