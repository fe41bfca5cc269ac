import type { Hashes } from '../../../src/commands/hashes.js'
import { type Rows, row } from './row.js'

export const hashes: Rows<Hashes<never>> = {
  hget: [row(c => c.hget('k', 'f'), 'hget p:k f')],
  hset: [
    row(c => c.hset('k', { a: 1, b: 'x' }), 'hset p:k a 1 b x'),
    row(c => c.hset('k', 'a', 1, 'b', 'x'), 'hset p:k a 1 b x'),
    row(c => c.hset('k', new Map([['a', 1]])), 'hset p:k a 1'),
  ],
  hmset: [row(c => c.hmset('k', { a: 1 }), 'hmset p:k a 1')],
  hsetnx: [row(c => c.hsetnx('k', 'f', 'v'), 'hsetnx p:k f v')],
  hmget: [row(c => c.hmget('k', 'a', 'b'), 'hmget p:k a b')],
  hgetall: [row(c => c.hgetall('k'), 'hgetall p:k')],
  hdel: [row(c => c.hdel('k', 'a', 'b'), 'hdel p:k a b')],
  hexists: [row(c => c.hexists('k', 'f'), 'hexists p:k f')],
  hincrby: [row(c => c.hincrby('k', 'f', 2), 'hincrby p:k f 2')],
  hincrbyfloat: [row(c => c.hincrbyfloat('k', 'f', 0.5), 'hincrbyfloat p:k f 0.5')],
  hkeys: [row(c => c.hkeys('k'), 'hkeys p:k')],
  hvals: [row(c => c.hvals('k'), 'hvals p:k')],
  hlen: [row(c => c.hlen('k'), 'hlen p:k')],
  hstrlen: [row(c => c.hstrlen('k', 'f'), 'hstrlen p:k f')],
  hrandfield: [
    row(c => c.hrandfield('k'), 'hrandfield p:k'),
    row(c => c.hrandfield('k', -2), 'hrandfield p:k -2'),
    row(c => c.hrandfield('k', 2, { withValues: true }), 'hrandfield p:k 2 WITHVALUES'),
    row(c => c.hrandfield('k', 2, 'WITHVALUES'), 'hrandfield p:k 2 WITHVALUES'),
  ],
  hscan: [
    row(c => c.hscan('k', 0, { match: 'a*', count: 5 }), 'hscan p:k 0 MATCH a* COUNT 5'),
    row(c => c.hscan('k', 0, { noValues: true }), 'hscan p:k 0 NOVALUES'),
  ],
}
