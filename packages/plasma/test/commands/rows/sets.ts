import type { Sets } from '../../../src/commands/sets.js'
import { type Rows, row } from './row.js'

export const sets: Rows<Sets<never>> = {
  sadd: [row(c => c.sadd('k', 'a', 1), 'sadd p:k a 1')],
  srem: [row(c => c.srem('k', 'a'), 'srem p:k a')],
  smembers: [row(c => c.smembers('k'), 'smembers p:k')],
  sismember: [row(c => c.sismember('k', 'm'), 'sismember p:k m')],
  smismember: [row(c => c.smismember('k', 'a', 'b'), 'smismember p:k a b')],
  scard: [row(c => c.scard('k'), 'scard p:k')],
  spop: [row(c => c.spop('k', 2), 'spop p:k 2')],
  srandmember: [row(c => c.srandmember('k', -2), 'srandmember p:k -2')],
  smove: [row(c => c.smove('a', 'b', 'm'), 'smove p:a p:b m')],
  sinter: [row(c => c.sinter('a', 'b'), 'sinter p:a p:b')],
  sinterstore: [row(c => c.sinterstore('d', ['a', 'b']), 'sinterstore p:d p:a p:b')],
  sintercard: [
    row(c => c.sintercard(['a', 'b'], { limit: 3 }), 'sintercard 2 p:a p:b LIMIT 3'),
    row(c => c.sintercard(2, 'a', 'b', 'LIMIT', 1), 'sintercard 2 p:a p:b LIMIT 1'),
  ],
  sunion: [row(c => c.sunion('a', 'b'), 'sunion p:a p:b')],
  sunionstore: [row(c => c.sunionstore('d', 'a', 'b'), 'sunionstore p:d p:a p:b')],
  sdiff: [row(c => c.sdiff('a', 'b'), 'sdiff p:a p:b')],
  sdiffstore: [row(c => c.sdiffstore('d', 'a', 'b'), 'sdiffstore p:d p:a p:b')],
  sscan: [
    row(c => c.sscan('k', '0', { count: 5 }), 'sscan p:k 0 COUNT 5'),
    row(c => c.sscan('k', '0', 'COUNT', 5), 'sscan p:k 0 COUNT 5'),
  ],
}
