import { describe, expect, test } from 'vitest'
import { CommandBuilder, type Queued } from '../../src/batch.js'
import { toCommand } from '../../src/wire.js'

type Call = (redis: CommandBuilder) => Queued<unknown>
type Row = readonly [call: Call, wire: string]

const row = (call: Call, wire: string): Row => [call, wire]
const z = { member: 'm', score: 1 }

/** Every command once at least, as it goes on the wire with the key prefix `p:`; a missing command does not compile. */
const ROWS: { [Name in Exclude<keyof CommandBuilder, 'send' | 'run'>]: readonly Row[] } = {
  append: [row(c => c.append('k', 'v'), 'append p:k v')],
  client: [row(c => c.client('ID'), 'client ID')],
  config: [row(c => c.config('GET', 'maxmemory'), 'config GET maxmemory')],
  configGet: [row(c => c.configGet('max*'), 'config GET max*')],
  configSet: [row(c => c.configSet({ maxmemory: 0 }), 'config SET maxmemory 0')],
  copy: [row(c => c.copy('a', 'b', { db: 1, replace: true }), 'copy p:a p:b DB 1 REPLACE')],
  dbsize: [row(c => c.dbsize(), 'dbsize')],
  decr: [row(c => c.decr('k'), 'decr p:k')],
  decrby: [row(c => c.decrby('k', 2), 'decrby p:k 2')],
  del: [row(c => c.del('a', 'b'), 'del p:a p:b'), row(c => c.del(['a', 'b']), 'del p:a p:b')],
  echo: [row(c => c.echo('hi'), 'echo hi')],
  eval: [row(c => c.eval('return 1', 1, 'k', 'v'), 'eval return 1 1 p:k v')],
  evalRo: [row(c => c.evalRo('return 1', 1, 'k'), 'eval_ro return 1 1 p:k')],
  evalsha: [row(c => c.evalsha('abc', 0, 'v'), 'evalsha abc 0 v')],
  evalshaRo: [row(c => c.evalshaRo('abc', 2, 'a', 'b'), 'evalsha_ro abc 2 p:a p:b')],
  exists: [row(c => c.exists('a', 'b'), 'exists p:a p:b')],
  expire: [
    row(c => c.expire('k', 10, { gt: true }), 'expire p:k 10 GT'),
    row(c => c.expire('k', -1), 'expire p:k -1'),
    row(c => c.expire('k', 10, 'NX'), 'expire p:k 10 NX'),
  ],
  expireat: [row(c => c.expireat('k', 10), 'expireat p:k 10')],
  expiretime: [row(c => c.expiretime('k'), 'expiretime p:k')],
  flushall: [row(c => c.flushall('async'), 'flushall ASYNC')],
  flushdb: [row(c => c.flushdb(), 'flushdb')],
  get: [row(c => c.get('k'), 'get p:k')],
  getdel: [row(c => c.getdel('k'), 'getdel p:k')],
  getex: [
    row(c => c.getex('k', { persist: true }), 'getex p:k PERSIST'),
    row(c => c.getex('k', { ex: 5 }), 'getex p:k EX 5'),
  ],
  getrange: [row(c => c.getrange('k', 0, -1), 'getrange p:k 0 -1')],
  getset: [row(c => c.getset('k', 'v'), 'getset p:k v')],
  hdel: [row(c => c.hdel('k', 'a', 'b'), 'hdel p:k a b')],
  hexists: [row(c => c.hexists('k', 'f'), 'hexists p:k f')],
  hget: [row(c => c.hget('k', 'f'), 'hget p:k f')],
  hgetall: [row(c => c.hgetall('k'), 'hgetall p:k')],
  hincrby: [row(c => c.hincrby('k', 'f', 2), 'hincrby p:k f 2')],
  hincrbyfloat: [row(c => c.hincrbyfloat('k', 'f', 0.5), 'hincrbyfloat p:k f 0.5')],
  hkeys: [row(c => c.hkeys('k'), 'hkeys p:k')],
  hlen: [row(c => c.hlen('k'), 'hlen p:k')],
  hmget: [row(c => c.hmget('k', 'a', 'b'), 'hmget p:k a b')],
  hmset: [row(c => c.hmset('k', { a: 1 }), 'hmset p:k a 1')],
  hrandfield: [
    row(c => c.hrandfield('k'), 'hrandfield p:k'),
    row(c => c.hrandfield('k', -2), 'hrandfield p:k -2'),
  ],
  hscan: [row(c => c.hscan('k', 0, { match: 'a*', count: 5 }), 'hscan p:k 0 MATCH a* COUNT 5')],
  hset: [
    row(c => c.hset('k', { a: 1, b: 'x' }), 'hset p:k a 1 b x'),
    row(c => c.hset('k', 'a', 1, 'b', 'x'), 'hset p:k a 1 b x'),
    row(c => c.hset('k', new Map([['a', 1]])), 'hset p:k a 1'),
  ],
  hsetnx: [row(c => c.hsetnx('k', 'f', 'v'), 'hsetnx p:k f v')],
  hstrlen: [row(c => c.hstrlen('k', 'f'), 'hstrlen p:k f')],
  hvals: [row(c => c.hvals('k'), 'hvals p:k')],
  incr: [row(c => c.incr('k'), 'incr p:k')],
  incrby: [row(c => c.incrby('k', 9007199254740993n), 'incrby p:k 9007199254740993')],
  incrbyfloat: [row(c => c.incrbyfloat('k', 0.1), 'incrbyfloat p:k 0.1')],
  info: [row(c => c.info('memory'), 'info memory')],
  keys: [row(c => c.keys('user:*'), 'keys p:user:*')],
  lastsave: [row(c => c.lastsave(), 'lastsave')],
  lcs: [row(c => c.lcs('a', 'b'), 'lcs p:a p:b')],
  lindex: [row(c => c.lindex('k', -1), 'lindex p:k -1')],
  linsert: [row(c => c.linsert('k', 'before', 'a', 'b'), 'linsert p:k BEFORE a b')],
  llen: [row(c => c.llen('k'), 'llen p:k')],
  lmove: [row(c => c.lmove('a', 'b', 'left', 'right'), 'lmove p:a p:b LEFT RIGHT')],
  lmpop: [row(c => c.lmpop(['a', 'b'], 'left', { count: 2 }), 'lmpop 2 p:a p:b LEFT COUNT 2')],
  lpop: [row(c => c.lpop('k'), 'lpop p:k'), row(c => c.lpop('k', 2), 'lpop p:k 2')],
  lpos: [
    row(
      c => c.lpos('k', 'v', { rank: -1, count: 0, maxlen: 9 }),
      'lpos p:k v RANK -1 COUNT 0 MAXLEN 9',
    ),
  ],
  lpush: [row(c => c.lpush('k', 'a', 'b'), 'lpush p:k a b')],
  lpushx: [row(c => c.lpushx('k', 'a'), 'lpushx p:k a')],
  lrange: [row(c => c.lrange('k', 0, -1), 'lrange p:k 0 -1')],
  lrem: [row(c => c.lrem('k', -1, 'v'), 'lrem p:k -1 v')],
  lset: [row(c => c.lset('k', 0, 'v'), 'lset p:k 0 v')],
  ltrim: [row(c => c.ltrim('k', 0, 9), 'ltrim p:k 0 9')],
  mget: [row(c => c.mget('a', 'b'), 'mget p:a p:b'), row(c => c.mget(['a']), 'mget p:a')],
  move: [row(c => c.move('k', 1), 'move p:k 1')],
  mset: [
    row(c => c.mset({ a: 1, b: 'x' }), 'mset p:a 1 p:b x'),
    row(c => c.mset('a', 1, 'b', 'x'), 'mset p:a 1 p:b x'),
  ],
  msetnx: [row(c => c.msetnx({ a: 1 }), 'msetnx p:a 1')],
  persist: [row(c => c.persist('k'), 'persist p:k')],
  pexpire: [row(c => c.pexpire('k', 10, { xx: true }), 'pexpire p:k 10 XX')],
  pexpireat: [row(c => c.pexpireat('k', 10), 'pexpireat p:k 10')],
  pexpiretime: [row(c => c.pexpiretime('k'), 'pexpiretime p:k')],
  ping: [row(c => c.ping(), 'ping'), row(c => c.ping('hi'), 'ping hi')],
  psetex: [row(c => c.psetex('k', 10, 'v'), 'psetex p:k 10 v')],
  pttl: [row(c => c.pttl('k'), 'pttl p:k')],
  publish: [row(c => c.publish('news', 'hi'), 'publish p:news hi')],
  pubsubChannels: [row(c => c.pubsubChannels(), 'pubsub CHANNELS p:*')],
  pubsubNumpat: [row(c => c.pubsubNumpat(), 'pubsub NUMPAT')],
  pubsubNumsub: [row(c => c.pubsubNumsub('a', 'b'), 'pubsub NUMSUB p:a p:b')],
  randomkey: [row(c => c.randomkey(), 'randomkey')],
  rename: [row(c => c.rename('a', 'b'), 'rename p:a p:b')],
  renamenx: [row(c => c.renamenx('a', 'b'), 'renamenx p:a p:b')],
  restore: [
    row(
      c => c.restore('k', 0, Buffer.from('x'), { replace: true, absTtl: true }),
      'restore p:k 0 x REPLACE ABSTTL',
    ),
  ],
  role: [row(c => c.role(), 'role')],
  rpop: [row(c => c.rpop('k'), 'rpop p:k')],
  rpoplpush: [row(c => c.rpoplpush('a', 'b'), 'rpoplpush p:a p:b')],
  rpush: [row(c => c.rpush('k', ['a', 'b']), 'rpush p:k a b')],
  rpushx: [row(c => c.rpushx('k', 'a'), 'rpushx p:k a')],
  sadd: [row(c => c.sadd('k', 'a', 1), 'sadd p:k a 1')],
  scan: [
    row(c => c.scan('0'), 'scan 0 MATCH p:*'),
    row(
      c => c.scan(0, { match: 'a*', count: 9, type: 'hash' }),
      'scan 0 MATCH p:a* COUNT 9 TYPE hash',
    ),
    row(c => c.scan('0', 'COUNT', 9), 'scan 0 MATCH p:* COUNT 9'),
    row(c => c.scan('0', 'match', 'a*'), 'scan 0 match p:a*'),
  ],
  scard: [row(c => c.scard('k'), 'scard p:k')],
  script: [row(c => c.script('LOAD', 'return 1'), 'script LOAD return 1')],
  sdiff: [row(c => c.sdiff('a', 'b'), 'sdiff p:a p:b')],
  sdiffstore: [row(c => c.sdiffstore('d', 'a', 'b'), 'sdiffstore p:d p:a p:b')],
  set: [
    row(c => c.set('k', 'v'), 'set p:k v'),
    row(c => c.set('k', 'v', { ex: 10, nx: true }), 'set p:k v EX 10 NX'),
    row(c => c.set('k', 'v', { keepTtl: true, get: true }), 'set p:k v KEEPTTL GET'),
    row(c => c.set('k', 'v', { nx: false, ex: undefined }), 'set p:k v'),
    row(c => c.set('k', 'v', 'EX', 10, 'NX'), 'set p:k v EX 10 NX'),
  ],
  setex: [row(c => c.setex('k', 10, 'v'), 'setex p:k 10 v')],
  setnx: [row(c => c.setnx('k', 'v'), 'setnx p:k v')],
  setrange: [row(c => c.setrange('k', 3, 'v'), 'setrange p:k 3 v')],
  sinter: [row(c => c.sinter('a', 'b'), 'sinter p:a p:b')],
  sintercard: [row(c => c.sintercard(['a', 'b'], { limit: 3 }), 'sintercard 2 p:a p:b LIMIT 3')],
  sinterstore: [row(c => c.sinterstore('d', ['a', 'b']), 'sinterstore p:d p:a p:b')],
  sismember: [row(c => c.sismember('k', 'm'), 'sismember p:k m')],
  smembers: [row(c => c.smembers('k'), 'smembers p:k')],
  smismember: [row(c => c.smismember('k', 'a', 'b'), 'smismember p:k a b')],
  smove: [row(c => c.smove('a', 'b', 'm'), 'smove p:a p:b m')],
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
  spop: [row(c => c.spop('k', 2), 'spop p:k 2')],
  spublish: [row(c => c.spublish('news', 'hi'), 'spublish p:news hi')],
  srandmember: [row(c => c.srandmember('k', -2), 'srandmember p:k -2')],
  srem: [row(c => c.srem('k', 'a'), 'srem p:k a')],
  sscan: [row(c => c.sscan('k', '0', { count: 5 }), 'sscan p:k 0 COUNT 5')],
  strlen: [row(c => c.strlen('k'), 'strlen p:k')],
  sunion: [row(c => c.sunion('a', 'b'), 'sunion p:a p:b')],
  sunionstore: [row(c => c.sunionstore('d', 'a', 'b'), 'sunionstore p:d p:a p:b')],
  swapdb: [row(c => c.swapdb(0, 1), 'swapdb 0 1')],
  time: [row(c => c.time(), 'time')],
  touch: [row(c => c.touch('a'), 'touch p:a')],
  ttl: [row(c => c.ttl('k'), 'ttl p:k')],
  type: [row(c => c.type('k'), 'type p:k')],
  unlink: [row(c => c.unlink('a', 'b'), 'unlink p:a p:b')],
  wait: [row(c => c.wait(1, 100), 'wait 1 100')],
  zadd: [
    row(c => c.zadd('k', z), 'zadd p:k 1 m'),
    row(c => c.zadd('k', z, { member: 'n', score: 2 }), 'zadd p:k 1 m 2 n'),
    row(c => c.zadd('k', [z], { gt: true, ch: true }), 'zadd p:k GT CH 1 m'),
    row(c => c.zadd('k', z, { nx: true }), 'zadd p:k NX 1 m'),
    row(c => c.zadd('k', 1, 'm', 2, 'n'), 'zadd p:k 1 m 2 n'),
    row(c => c.zadd('k', 'NX', 1, 'm'), 'zadd p:k NX 1 m'),
  ],
  zcard: [row(c => c.zcard('k'), 'zcard p:k')],
  zcount: [row(c => c.zcount('k', '-inf', '(5'), 'zcount p:k -inf (5')],
  zdiff: [row(c => c.zdiff(['a', 'b'], { withScores: true }), 'zdiff 2 p:a p:b WITHSCORES')],
  zdiffstore: [row(c => c.zdiffstore('d', ['a', 'b']), 'zdiffstore p:d 2 p:a p:b')],
  zincrby: [row(c => c.zincrby('k', 1.5, 'm'), 'zincrby p:k 1.5 m')],
  zinter: [row(c => c.zinter(['a']), 'zinter 1 p:a')],
  zintercard: [row(c => c.zintercard(['a', 'b'], { limit: 1 }), 'zintercard 2 p:a p:b LIMIT 1')],
  zinterstore: [
    row(
      c => c.zinterstore('d', ['a', 'b'], { weights: [1, 2], aggregate: 'max' }),
      'zinterstore p:d 2 p:a p:b WEIGHTS 1 2 AGGREGATE MAX',
    ),
  ],
  zlexcount: [row(c => c.zlexcount('k', '-', '+'), 'zlexcount p:k - +')],
  zmpop: [row(c => c.zmpop(['a'], 'min', { count: 2 }), 'zmpop 1 p:a MIN COUNT 2')],
  zmscore: [row(c => c.zmscore('k', 'a', 'b'), 'zmscore p:k a b')],
  zpopmax: [row(c => c.zpopmax('k'), 'zpopmax p:k 1')],
  zpopmin: [row(c => c.zpopmin('k', 3), 'zpopmin p:k 3')],
  zrandmember: [row(c => c.zrandmember('k', 2), 'zrandmember p:k 2')],
  zrange: [
    row(c => c.zrange('k', 0, -1), 'zrange p:k 0 -1'),
    row(
      c =>
        c.zrange('k', 9, '(1', {
          by: 'score',
          rev: true,
          limit: { offset: 0, count: 2 },
          withScores: true,
        }),
      'zrange p:k 9 (1 BYSCORE REV LIMIT 0 2 WITHSCORES',
    ),
    row(c => c.zrange('k', 0, -1, 'WITHSCORES'), 'zrange p:k 0 -1 WITHSCORES'),
  ],
  zrangebylex: [row(c => c.zrangebylex('k', '[a', '+'), 'zrangebylex p:k [a +')],
  zrangebyscore: [
    row(
      c => c.zrangebyscore('k', 0, 9, { limit: { offset: 1, count: 2 }, withScores: true }),
      'zrangebyscore p:k 0 9 LIMIT 1 2 WITHSCORES',
    ),
    row(c => c.zrangebyscore('k', 0, 9, 'LIMIT', 0, 5), 'zrangebyscore p:k 0 9 LIMIT 0 5'),
  ],
  zrangestore: [
    row(c => c.zrangestore('d', 's', 0, 9, { rev: true }), 'zrangestore p:d p:s 0 9 REV'),
  ],
  zrank: [row(c => c.zrank('k', 'm'), 'zrank p:k m')],
  zrem: [row(c => c.zrem('k', 'a', 'b'), 'zrem p:k a b')],
  zremrangebylex: [row(c => c.zremrangebylex('k', '-', '+'), 'zremrangebylex p:k - +')],
  zremrangebyrank: [row(c => c.zremrangebyrank('k', 0, 1), 'zremrangebyrank p:k 0 1')],
  zremrangebyscore: [row(c => c.zremrangebyscore('k', '-inf', 5), 'zremrangebyscore p:k -inf 5')],
  zrevrange: [
    row(c => c.zrevrange('k', 0, 10), 'zrevrange p:k 0 10'),
    row(c => c.zrevrange('k', 0, 10, { withScores: true }), 'zrevrange p:k 0 10 WITHSCORES'),
  ],
  zrevrangebylex: [row(c => c.zrevrangebylex('k', '+', '-'), 'zrevrangebylex p:k + -')],
  zrevrangebyscore: [row(c => c.zrevrangebyscore('k', 9, 0), 'zrevrangebyscore p:k 9 0')],
  zrevrank: [row(c => c.zrevrank('k', 'm'), 'zrevrank p:k m')],
  zscan: [row(c => c.zscan('k', 0, { match: 'a*' }), 'zscan p:k 0 MATCH a*')],
  zscore: [row(c => c.zscore('k', 'm'), 'zscore p:k m')],
  zunion: [row(c => c.zunion(['a', 'b'], { aggregate: 'min' }), 'zunion 2 p:a p:b AGGREGATE MIN')],
  zunionstore: [row(c => c.zunionstore('d', ['a']), 'zunionstore p:d 1 p:a')],
}

const builder = new CommandBuilder()
const onTheWire = ({ name, args }: { name: string; args: unknown[] }) => [name, ...args].join(' ')

describe('each command goes on the wire as Redis wants it, with the key prefix on its keys', () => {
  for (const [name, rows] of Object.entries(ROWS)) {
    test.each(rows)(`${name}: %#`, (call, wire) => {
      expect(onTheWire(toCommand(call(builder), 'p:'))).toBe(wire)
    })
  }

  test('the prefix in front of a glob matches itself only', () => {
    expect(onTheWire(toCommand(builder.keys('a*'), 'p*[x]?:'))).toBe('keys p\\*\\[x\\]\\?:a*')
  })

  test('the prefix goes in front of keys that are bytes', () => {
    const { args } = toCommand(builder.get(Buffer.from([0xff])), 'p:') as { args: unknown[] }
    expect(args).toEqual([Buffer.from([0x70, 0x3a, 0xff])])
  })
})
