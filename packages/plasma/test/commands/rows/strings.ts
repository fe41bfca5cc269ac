import type { Strings } from '../../../src/commands/strings.js'
import { type Rows, row } from './row.js'

export const strings: Rows<Strings<never>> = {
  get: [row(c => c.get('k'), 'get p:k')],
  set: [
    row(c => c.set('k', 'v'), 'set p:k v'),
    row(c => c.set('k', 'v', { ex: 10, nx: true }), 'set p:k v EX 10 NX'),
    row(c => c.set('k', 'v', { keepTtl: true, get: true }), 'set p:k v KEEPTTL GET'),
    row(c => c.set('k', 'v', { nx: false, ex: undefined }), 'set p:k v'),
    row(c => c.set('k', 'v', 'EX', 10, 'NX'), 'set p:k v EX 10 NX'),
    row(c => c.set('k', 'v', { ifEq: 'w' }), 'set p:k v IFEQ w'),
    row(c => c.set('k', 'v', { ifDne: 'f00d', keepTtl: true }), 'set p:k v IFDNE f00d KEEPTTL'),
  ],
  setex: [row(c => c.setex('k', 10, 'v'), 'setex p:k 10 v')],
  psetex: [row(c => c.psetex('k', 10, 'v'), 'psetex p:k 10 v')],
  setnx: [row(c => c.setnx('k', 'v'), 'setnx p:k v')],
  getex: [
    row(c => c.getex('k', { persist: true }), 'getex p:k PERSIST'),
    row(c => c.getex('k', { ex: 5 }), 'getex p:k EX 5'),
  ],
  getdel: [row(c => c.getdel('k'), 'getdel p:k')],
  getset: [row(c => c.getset('k', 'v'), 'getset p:k v')],
  mget: [row(c => c.mget('a', 'b'), 'mget p:a p:b'), row(c => c.mget(['a']), 'mget p:a')],
  mset: [
    row(c => c.mset({ a: 1, b: 'x' }), 'mset p:a 1 p:b x'),
    row(c => c.mset('a', 1, 'b', 'x'), 'mset p:a 1 p:b x'),
  ],
  msetnx: [row(c => c.msetnx({ a: 1 }), 'msetnx p:a 1')],
  incr: [row(c => c.incr('k'), 'incr p:k')],
  incrby: [row(c => c.incrby('k', 9007199254740993n), 'incrby p:k 9007199254740993')],
  incrbyfloat: [row(c => c.incrbyfloat('k', 0.1), 'incrbyfloat p:k 0.1')],
  decr: [row(c => c.decr('k'), 'decr p:k')],
  decrby: [row(c => c.decrby('k', 2), 'decrby p:k 2')],
  append: [row(c => c.append('k', 'v'), 'append p:k v')],
  strlen: [row(c => c.strlen('k'), 'strlen p:k')],
  getrange: [row(c => c.getrange('k', 0, -1), 'getrange p:k 0 -1')],
  setrange: [row(c => c.setrange('k', 3, 'v'), 'setrange p:k 3 v')],
  lcs: [
    row(c => c.lcs('a', 'b'), 'lcs p:a p:b'),
    row(c => c.lcs('a', 'b', { len: true }), 'lcs p:a p:b LEN'),
    row(
      c => c.lcs('a', 'b', { idx: true, minMatchLen: 4, withMatchLen: true }),
      'lcs p:a p:b IDX MINMATCHLEN 4 WITHMATCHLEN',
    ),
    row(c => c.lcs('a', 'b', 'LEN'), 'lcs p:a p:b LEN'),
  ],
  substr: [row(c => c.substr('k', 0, -1), 'substr p:k 0 -1')],
  msetex: [
    row(c => c.msetex({ a: 1, b: 'x' }, { nx: true, ex: 9 }), 'msetex 2 p:a 1 p:b x NX EX 9'),
    row(c => c.msetex(['a', 1], { keepTtl: true }), 'msetex 1 p:a 1 KEEPTTL'),
    row(c => c.msetex(new Map([['a', 1]])), 'msetex 1 p:a 1'),
  ],
  delex: [
    row(c => c.delex('k', { ifEq: 'v' }), 'delex p:k IFEQ v'),
    row(c => c.delex('k'), 'delex p:k'),
  ],
  digest: [row(c => c.digest('k'), 'digest p:k')],
}
