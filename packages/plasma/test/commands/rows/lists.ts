import type { Lists } from '../../../src/commands/lists.js'
import { type Rows, row } from './row.js'

export const lists: Rows<Lists<never>> = {
  lpush: [row(c => c.lpush('k', 'a', 'b'), 'lpush p:k a b')],
  rpush: [row(c => c.rpush('k', ['a', 'b']), 'rpush p:k a b')],
  lpushx: [row(c => c.lpushx('k', 'a'), 'lpushx p:k a')],
  rpushx: [row(c => c.rpushx('k', 'a'), 'rpushx p:k a')],
  lpop: [row(c => c.lpop('k'), 'lpop p:k'), row(c => c.lpop('k', 2), 'lpop p:k 2')],
  rpop: [row(c => c.rpop('k'), 'rpop p:k')],
  llen: [row(c => c.llen('k'), 'llen p:k')],
  lrange: [row(c => c.lrange('k', 0, -1), 'lrange p:k 0 -1')],
  lindex: [row(c => c.lindex('k', -1), 'lindex p:k -1')],
  lset: [row(c => c.lset('k', 0, 'v'), 'lset p:k 0 v')],
  linsert: [row(c => c.linsert('k', 'before', 'a', 'b'), 'linsert p:k BEFORE a b')],
  lrem: [row(c => c.lrem('k', -1, 'v'), 'lrem p:k -1 v')],
  ltrim: [row(c => c.ltrim('k', 0, 9), 'ltrim p:k 0 9')],
  lmove: [row(c => c.lmove('a', 'b', 'left', 'right'), 'lmove p:a p:b LEFT RIGHT')],
  rpoplpush: [row(c => c.rpoplpush('a', 'b'), 'rpoplpush p:a p:b')],
  lpos: [
    row(
      c => c.lpos('k', 'v', { rank: -1, count: 0, maxlen: 9 }),
      'lpos p:k v RANK -1 COUNT 0 MAXLEN 9',
    ),
  ],
  lmpop: [row(c => c.lmpop(['a', 'b'], 'left', { count: 2 }), 'lmpop 2 p:a p:b LEFT COUNT 2')],
  blpop: [
    row(c => c.blpop('k', 5), 'blpop p:k 5'),
    row(c => c.blpop(['a', 'b'], 0.5), 'blpop p:a p:b 0.5'),
    row(c => c.blpop('a', 'b', 0), 'blpop p:a p:b 0'),
  ],
  brpop: [row(c => c.brpop(['a', 'b'], 5), 'brpop p:a p:b 5')],
  blmove: [row(c => c.blmove('a', 'b', 'left', 'right', 5), 'blmove p:a p:b LEFT RIGHT 5')],
  brpoplpush: [row(c => c.brpoplpush('a', 'b', 5), 'brpoplpush p:a p:b 5')],
  blmpop: [
    row(c => c.blmpop(5, ['a', 'b'], 'right', { count: 2 }), 'blmpop 5 2 p:a p:b RIGHT COUNT 2'),
  ],
}
