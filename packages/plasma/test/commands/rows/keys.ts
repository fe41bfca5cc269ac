import type { Keys } from '../../../src/commands/keys.js'
import { type Rows, row } from './row.js'

export const keys: Rows<Keys<never>> = {
  del: [row(c => c.del('a', 'b'), 'del p:a p:b'), row(c => c.del(['a', 'b']), 'del p:a p:b')],
  unlink: [row(c => c.unlink('a', 'b'), 'unlink p:a p:b')],
  exists: [row(c => c.exists('a', 'b'), 'exists p:a p:b')],
  touch: [row(c => c.touch('a'), 'touch p:a')],
  expire: [
    row(c => c.expire('k', 10, { gt: true }), 'expire p:k 10 GT'),
    row(c => c.expire('k', -1), 'expire p:k -1'),
    row(c => c.expire('k', 10, 'NX'), 'expire p:k 10 NX'),
  ],
  pexpire: [row(c => c.pexpire('k', 10, { xx: true }), 'pexpire p:k 10 XX')],
  expireat: [row(c => c.expireat('k', 10), 'expireat p:k 10')],
  pexpireat: [row(c => c.pexpireat('k', 10), 'pexpireat p:k 10')],
  expiretime: [row(c => c.expiretime('k'), 'expiretime p:k')],
  pexpiretime: [row(c => c.pexpiretime('k'), 'pexpiretime p:k')],
  ttl: [row(c => c.ttl('k'), 'ttl p:k')],
  pttl: [row(c => c.pttl('k'), 'pttl p:k')],
  persist: [row(c => c.persist('k'), 'persist p:k')],
  type: [row(c => c.type('k'), 'type p:k')],
  rename: [row(c => c.rename('a', 'b'), 'rename p:a p:b')],
  renamenx: [row(c => c.renamenx('a', 'b'), 'renamenx p:a p:b')],
  copy: [row(c => c.copy('a', 'b', { db: 1, replace: true }), 'copy p:a p:b DB 1 REPLACE')],
  move: [row(c => c.move('k', 1), 'move p:k 1')],
  restore: [
    row(
      c => c.restore('k', 0, Buffer.from('x'), { replace: true, absTtl: true }),
      'restore p:k 0 x REPLACE ABSTTL',
    ),
  ],
  randomkey: [row(c => c.randomkey(), 'randomkey')],
  keys: [row(c => c.keys('user:*'), 'keys p:user:*')],
  scan: [
    row(c => c.scan('0'), 'scan 0 MATCH p:*'),
    row(
      c => c.scan(0, { match: 'a*', count: 9, type: 'hash' }),
      'scan 0 MATCH p:a* COUNT 9 TYPE hash',
    ),
    row(c => c.scan('0', 'COUNT', 9), 'scan 0 MATCH p:* COUNT 9'),
    row(c => c.scan('0', 'match', 'a*'), 'scan 0 match p:a*'),
  ],
  sort: [
    row(
      c =>
        c.sort('k', {
          by: 'w_*',
          get: ['#', 'n_*'],
          limit: { offset: 0, count: 2 },
          order: 'desc',
          alpha: true,
        }),
      'sort p:k BY p:w_* LIMIT 0 2 GET # GET p:n_* DESC ALPHA',
    ),
    row(c => c.sort('k', { by: 'nosort' }), 'sort p:k BY nosort'),
  ],
  sortStore: [row(c => c.sortStore('k', 'd', { order: 'asc' }), 'sort p:k ASC STORE p:d')],
}
