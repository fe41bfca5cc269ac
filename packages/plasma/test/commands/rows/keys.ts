import type { Keys } from '../../../src/commands/keys.js'
import { type Rows, row } from './row.js'

export const keys: Rows<Keys<never>> = {
  del: [row(c => c.del('a', 'b'), 'del p:a p:b'), row(c => c.del(['a', 'b']), 'del p:a p:b')],
  unlink: [row(c => c.unlink('a', 'b'), 'unlink p:a p:b')],
  exists: [row(c => c.exists('a', 'b'), 'exists p:a p:b')],
  touch: [row(c => c.touch('a'), 'touch p:a')],
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
  dump: [row(c => c.dump('k'), 'dump p:k')],
  migrate: [
    row(c => c.migrate({ host: 'h', port: 6380 }, 'k'), 'migrate h 6380  0 5000 KEYS p:k'),
    row(
      c =>
        c.migrate({ host: 'h', port: 6380, db: 1, username: 'u', password: 's' }, ['a', 'b'], {
          timeout: 9,
          copy: true,
          replace: true,
        }),
      'migrate h 6380  1 9 COPY REPLACE AUTH2 u s KEYS p:a p:b',
    ),
    row(
      c => c.migrate({ host: 'h', port: 6380, password: 's' }, 'k'),
      'migrate h 6380  0 5000 AUTH s KEYS p:k',
    ),
    row(c => c.migrate('h', 6380, 'k', 0, 9, 'COPY'), 'migrate h 6380 p:k 0 9 COPY'),
    row(c => c.migrate('h', 6380, '', 0, 9, 'KEYS', 'a', 'b'), 'migrate h 6380  0 9 KEYS p:a p:b'),
  ],
  objectEncoding: [row(c => c.objectEncoding('k'), 'object ENCODING p:k')],
  objectFreq: [row(c => c.objectFreq('k'), 'object FREQ p:k')],
  objectIdletime: [row(c => c.objectIdletime('k'), 'object IDLETIME p:k')],
  objectRefcount: [row(c => c.objectRefcount('k'), 'object REFCOUNT p:k')],
  object: [
    row(c => c.object('ENCODING', 'k'), 'object ENCODING p:k'),
    row(c => c.object('HELP'), 'object HELP'),
  ],
}
