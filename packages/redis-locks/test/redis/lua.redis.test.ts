import { RedisClient } from '@gravito/plasma'
import { uniquePrefix } from '@gravito/redis-testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { MemoryServer } from '../../src/testing/testing.js'

let redis: RedisClient
beforeAll(() => {
  redis = new RedisClient({ url: inject('redisUrl') })
})
afterAll(() => redis.disconnect())

/** What a script answers, or that it fails. */
const outcome = (reply: Promise<unknown>) =>
  reply.then(
    value => ({ value }),
    () => ({ failed: true }),
  )

async function both(lua: string, args: string[] = []) {
  const real = await outcome(redis.ioredis.eval(lua, 0, ...args))
  const memory = await outcome(new MemoryServer().run(lua, [], args))
  return { real, memory }
}

describe('Lua answers as Redis does', () => {
  test.each([
    ['arithmetic', `return { 7 % 3, -7 % 3, 2 ^ 10, 10 / 4, '3' * '4', 2 + 3 * 4 - 1 }`],
    ['what is cut to integers', `return { 3.99, -3.99, 1e3 }`],
    [
      'texts of numbers',
      `return { 1.5 .. '', 1e15 .. '', 2 ^ 53 .. '', 0.1 .. '', 100 .. '', -0.5 .. '' }`,
    ],
    [
      'tostring',
      `return { tostring(1e100), tostring(nil), tostring(true), tostring(1/0), tostring(12345678901234567) }`,
    ],
    ['logic', `return { nil or 'a', false and 'b' or 'c', 1 and 2, not nil and 1 or 0 }`],
    [
      'comparison',
      `return { 1 < 2 and 1 or 0, 'a' < 'b' and 1 or 0, '10' < '9' and 1 or 0, 1 == '1' and 1 or 0 }`,
    ],
    [
      'precedence',
      `return { 2 ^ 3 ^ 2, -2 ^ 2, 'a' .. 'b' .. 'c', not (1 == 2) and 1 or 0, 1 .. 2 == '12' and 1 or 0 }`,
    ],
    ['nil ends a reply', `return { 1, 2, nil, 4 }`],
    ['true and false', `return { true, false, 3 }`],
    ['no reply', `local a = 1`],
    [
      'tables',
      `local t = { 1, 2, x = 'y', ['z w'] = 3, [5] = 9 } t[3] = 'three' return { #t, t.x, t['z w'], t[3] }`,
    ],
    [
      'holes',
      `local t = { 1, 2, 3 } t[3] = nil local n = #t t[3] = 4 t[4] = 5 return { n, #t, t[4] }`,
    ],
    [
      'while, repeat, break',
      `local i, s = 0, 0 while true do i = i + 1 if i > 9 then break end s = s + i end repeat local z = s s = s - 7 until z < 20 return { i, s }`,
    ],
    ['for', `local s = '' for i = 3, 1, -1 do s = s .. i end for i = 1, 0 do s = 'x' end return s`],
    [
      'for in',
      `local s = '' for i, v in ipairs({ 'a', 'b' }) do s = s .. i .. v end for k, v in pairs({ q = 1 }) do s = s .. k .. v end return s`,
    ],
    [
      'functions and closures',
      `local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end local n = 0 local function inc(by) n = n + (by or 1) return n end inc() inc(4) return { fib(12), n }`,
    ],
    [
      'several values',
      `local function two() return 1, 2 end local a, b, c = two() local t = { two(), two() } return { a, b, c == nil and 1 or 0, #t, (two()) }`,
    ],
    [
      'varargs',
      `local function f(...) local a, b = ... return select('#', ...) + a + b end return f(1, 2, 3)`,
    ],
    [
      'if and elseif',
      `local r = {} for i = 1, 3 do if i == 1 then r[i] = 'a' elseif i == 2 then r[i] = 'b' else r[i] = 'c' end end return r`,
    ],
    [
      'methods of texts',
      `local s = 'hello' return { s:sub(2, 3), s:upper(), s:len(), ('x'):rep(3), #s }`,
    ],
    [
      'sub',
      `local s = 'hello' return { s:sub(-3), s:sub(2, -2), s:sub(0), s:sub(4, 2), s:sub(-100, 2), s:sub(3, 100) }`,
    ],
    ['match', `return { string.match('123:456:chan:nel', '^(%d+):(%d+):(.+)$') }`],
    [
      'match of parts',
      `return { string.match('key = value', '(%w+)%s*=%s*(%w+)'), string.match('abc', 'b') , string.match('[x]', '%[(.-)%]'), (string.match('abc', '()c')) }`,
    ],
    ['find', `return { string.find('a.b', '.', 1, true), string.find('hello', 'l+') }`],
    [
      'gsub',
      `return { string.gsub('hello world', 'o', '0', 1), (string.gsub('abc', '%w', '%0%0')), (string.gsub('a b', '(%w) (%w)', '%2 %1')) }`,
    ],
    [
      'gmatch',
      `local r = {} for w in string.gmatch('one two  three', '%a+') do r[#r + 1] = w end return r`,
    ],
    [
      'sets',
      `return { string.match('a-b_c', '[%w_-]+'), string.match('x]y', '[]x]+'), string.match('abc1', '[^%d]+') }`,
    ],
    [
      'format',
      `return { string.format('%.0f', 1700000000000000), string.format('%d', 42), string.format('%5s|%-5s|', 'a', 'b'), string.format('%05.1f', 3.14159), string.format('%x', 255), string.format('%%'), string.format('%s', 1.5) }`,
    ],
    [
      'table functions',
      `local t = { 3, 1, 2 } table.sort(t) table.insert(t, 9) table.insert(t, 1, 0) local r = table.remove(t) return { table.concat(t, ','), r, unpack(t) }`,
    ],
    [
      'sort by',
      `local t = { 'b', 'c', 'a' } table.sort(t, function(a, b) return a > b end) return t`,
    ],
    [
      'math',
      `return { math.floor(-1.5), math.ceil(1.2), math.max(1, 5, 3), math.min(4, 2), math.abs(-3), math.huge > 1 and 1 or 0 }`,
    ],
    [
      'tonumber',
      `return { tonumber('0x10'), tonumber('  7 '), tonumber('x') == nil and 1 or 0, tonumber('ff', 16), tonumber('1e2') }`,
    ],
    ['types', `return { type(nil), type(1), type('a'), type({}), type(type) }`],
    [
      'pcall',
      `local ok, why = pcall(function() error({ code = 7 }) end) return { ok and 1 or 0, why.code }`,
    ],
    [
      'comments and long texts',
      "-- a comment\nlocal a = [[x\ny]] --[[ more\nof it ]] return a .. '\\n' .. '\\65'",
    ],
    ['arguments', `return { ARGV[1], #ARGV, ARGV[9] == nil and 1 or 0 }`, ['é🔒']],
    ['bytes', `return { #ARGV[1], string.sub(ARGV[1], 1, 2), string.byte(ARGV[1]) }`, ['é🔒']],
    ['status', `return redis.status_reply('FINE')`],
    ['set answers a status', `return redis.call('SET', 'lua:x', '1', 'PX', 10).ok`],
    ['nil of Redis is false', `return redis.call('GET', 'lua:none') == false and 1 or 0`],
  ])('%s', async (_, lua, args = []) => {
    const { real, memory } = await both(lua, args)
    expect(memory).toEqual(real)
    expect(real).toHaveProperty('value')
  })

  test.each([
    ['a sum with a table', 'return 1 + {}'],
    ['an index of nil', 'local a return a.b'],
    ['a call of nil', 'local a return a()'],
    ['a comparison of kinds', `return 1 < 'a'`],
    ['an error of its own', `error('mine')`],
    ['an error reply', `return redis.error_reply('MINE it is')`],
    ['a wrong command', `return redis.call('NOSUCH')`],
    [
      'a wrong type',
      `redis.call('RPUSH', 'lua:list', '1') local r = redis.pcall('GET', 'lua:list') redis.call('DEL', 'lua:list') return r`,
    ],
    ['broken syntax', 'return ('],
    ['an unfinished block', 'if 1 then'],
  ])('%s fails', async (_, lua) => {
    const { real, memory } = await both(lua)
    expect(real).toHaveProperty('failed')
    expect(memory).toHaveProperty('failed')
  })
})

const KEYS = ['a', 'b'] as const
const key = fc.constantFrom(...KEYS)
const member = fc.constantFrom('m', 'n', 'é', '10')
const score = fc.integer({ min: -3, max: 5 }).map(String)
const index = fc.integer({ min: -4, max: 4 }).map(String)
const edge = fc.oneof(
  score,
  score.map(it => `(${it}`),
  fc.constantFrom('-inf', '+inf'),
)
const command = fc.oneof(
  fc.tuple(fc.constant('SET'), key, member),
  fc.tuple(fc.constant('SET'), key, score, fc.constantFrom('NX', 'XX', 'KEEPTTL')),
  fc.tuple(fc.constant('SET'), key, score, fc.constant('PX'), fc.constant('100000')),
  fc.tuple(
    fc.constantFrom('GET', 'INCR', 'DEL', 'EXISTS', 'PERSIST', 'TYPE', 'ZCARD', 'HLEN'),
    key,
  ),
  fc.tuple(fc.constantFrom('INCRBY', 'DECRBY'), key, score),
  fc.tuple(fc.constant('EXPIRE'), key, fc.constantFrom('1000', '0')),
  fc.tuple(
    fc.constant('EXPIRE'),
    key,
    fc.constantFrom('500', '2000'),
    fc.constantFrom('NX', 'GT', 'LT'),
  ),
  fc.tuple(fc.constant('TTL'), key),
  fc.tuple(fc.constant('HSET'), key, member, score, member, score),
  fc.tuple(
    fc.constantFrom('HGET', 'HDEL', 'HEXISTS', 'ZSCORE', 'ZRANK', 'ZREVRANK', 'SREM'),
    key,
    member,
  ),
  fc.tuple(fc.constant('HINCRBY'), key, member, score),
  fc.tuple(fc.constant('HGETALL'), key),
  fc.tuple(fc.constant('ZADD'), key, score, member),
  fc.tuple(fc.constant('ZADD'), key, fc.constantFrom('NX', 'XX', 'GT', 'LT', 'CH'), score, member),
  fc.tuple(fc.constant('ZINCRBY'), key, score, member),
  fc.tuple(fc.constant('ZREM'), key, member, member),
  fc.tuple(fc.constantFrom('ZRANGE', 'ZREVRANGE'), key, index, index, fc.constant('WITHSCORES')),
  fc.tuple(fc.constantFrom('ZRANGE', 'ZREMRANGEBYRANK', 'LRANGE'), key, index, index),
  fc.tuple(
    fc.constant('ZRANGE'),
    key,
    edge,
    edge,
    fc.constant('BYSCORE'),
    fc.constant('LIMIT'),
    fc.constantFrom('0', '1'),
    fc.constantFrom('1', '-1'),
  ),
  fc.tuple(
    fc.constantFrom('ZRANGEBYSCORE', 'ZCOUNT', 'ZREMRANGEBYSCORE', 'ZREVRANGEBYSCORE'),
    key,
    edge,
    edge,
  ),
  fc.tuple(fc.constantFrom('ZPOPMIN', 'ZPOPMAX'), key),
  fc.tuple(fc.constantFrom('ZPOPMIN', 'ZPOPMAX'), key, fc.constantFrom('1', '2')),
  fc.tuple(fc.constantFrom('SADD', 'RPUSH', 'LPUSH'), key, member, member),
  fc.tuple(fc.constantFrom('SCARD', 'LLEN', 'LPOP', 'RPOP'), key),
  fc.tuple(fc.constant('SISMEMBER'), key, member),
  fc.tuple(fc.constant('LINDEX'), key, index),
)

/** Runs the commands in one script, so that both sides see one time. */
const RUN = `
  local replies = {}
  for i, line in ipairs(ARGV) do
    local command = {}
    for word in string.gmatch(line, '[^ ]+') do
      command[#command + 1] = word == 'a' and KEYS[1] or word == 'b' and KEYS[2] or word
    end
    local reply = redis.pcall(unpack(command))
    if type(reply) == 'table' and reply.err then reply = 'error ' .. string.match(reply.err, '^%u+') end
    if type(reply) == 'table' and reply.ok then reply = 'status ' .. reply.ok end
    replies[i] = reply
  end
  redis.call('DEL', KEYS[1], KEYS[2])
  return replies`

test('commands answer as Redis does, one after the other', async () => {
  const prefix = uniquePrefix('commands')
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25 }), async commands => {
      const lines = commands.map(it => it.join(' '))
      const keys = KEYS.map(it => prefix + it)
      const [real, memory] = await Promise.all([
        redis.ioredis.eval(RUN, 2, ...keys, ...lines),
        new MemoryServer().run(RUN, keys, lines),
      ])
      expect(memory).toEqual(real)
    }),
    { numRuns: 400 },
  )
}, 60_000)
