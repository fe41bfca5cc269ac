import type { HashExpiry } from '../../../src/commands/hash-expiry.js'
import { type Rows, row } from './row.js'

export const hashExpiry: Rows<HashExpiry<never>> = {
  hexpire: [
    row(c => c.hexpire('k', 9, 'f'), 'hexpire p:k 9 FIELDS 1 f'),
    row(c => c.hexpire('k', 9, ['a', 'b'], { nx: true }), 'hexpire p:k 9 NX FIELDS 2 a b'),
    row(c => c.hexpire('k', 9, 'NX', 'FIELDS', 2, 'a', 'b'), 'hexpire p:k 9 NX FIELDS 2 a b'),
    row(c => c.hexpire('k', 9, 'FIELDS', 1, 'a'), 'hexpire p:k 9 FIELDS 1 a'),
  ],
  hpexpire: [row(c => c.hpexpire('k', 9, ['a']), 'hpexpire p:k 9 FIELDS 1 a')],
  hexpireat: [row(c => c.hexpireat('k', 9, 'a', { gt: true }), 'hexpireat p:k 9 GT FIELDS 1 a')],
  hpexpireat: [row(c => c.hpexpireat('k', 9, ['a', 'b']), 'hpexpireat p:k 9 FIELDS 2 a b')],
  httl: [
    row(c => c.httl('k', 'a', 'b'), 'httl p:k FIELDS 2 a b'),
    row(c => c.httl('k', ['a']), 'httl p:k FIELDS 1 a'),
  ],
  hpttl: [row(c => c.hpttl('k', 'a'), 'hpttl p:k FIELDS 1 a')],
  hexpiretime: [row(c => c.hexpiretime('k', 'a'), 'hexpiretime p:k FIELDS 1 a')],
  hpexpiretime: [row(c => c.hpexpiretime('k', 'a'), 'hpexpiretime p:k FIELDS 1 a')],
  hpersist: [row(c => c.hpersist('k', 'a', 'b'), 'hpersist p:k FIELDS 2 a b')],
  hgetex: [
    row(c => c.hgetex('k', ['a', 'b'], { ex: 9 }), 'hgetex p:k EX 9 FIELDS 2 a b'),
    row(c => c.hgetex('k', 'a', { persist: true }), 'hgetex p:k PERSIST FIELDS 1 a'),
  ],
  hsetex: [
    row(
      c => c.hsetex('k', { a: 1, b: 'x' }, { fnx: true, px: 9 }),
      'hsetex p:k FNX PX 9 FIELDS 2 a 1 b x',
    ),
    row(c => c.hsetex('k', ['a', 1], { keepTtl: true }), 'hsetex p:k KEEPTTL FIELDS 1 a 1'),
  ],
  hgetdel: [row(c => c.hgetdel('k', 'a', 'b'), 'hgetdel p:k FIELDS 2 a b')],
}
