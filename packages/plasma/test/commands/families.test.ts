import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REFUSED } from '../../src/commands/refused.js'
import { camelCase, lineRecord } from '../../src/commands/reports.js'
import { InvalidArgumentError } from '../../src/errors.js'
import { toUnknownCommand } from '../../src/wire.js'
import { builder, refused, untyped, wireOf } from './builder.js'

describe('bad arguments are refused by name', () => {
  test.each([
    ['blpop without a timeout', () => untyped.blpop?.('k'), 'keys'],
    ['a timeout below 0', () => builder.blpop('k', -1), 'timeout'],
    ['a timeout of NaN', () => builder.brpop('k', Number.NaN), 'timeout'],
    ['an infinite timeout', () => builder.bzpopmin('k', Number.POSITIVE_INFINITY), 'timeout'],
    ['no keys to wait for', () => builder.bzpopmax([], 1), 'keys'],
    ['a side that is none', () => untyped.blmove?.('a', 'b', 'top', 'left', 1), 'from'],
    ['another side that is none', () => untyped.lmove?.('a', 'b', 'left', undefined), 'to'],
    ['a side of nothing', () => untyped.blmpop?.(1, ['a']), 'side'],
    ['an end that is none', () => untyped.bzmpop?.(1, ['a'], 'left'), 'end'],
    ['an unknown option of a pop', () => untyped.blmpop?.(1, ['a'], 'left', { n: 1 }), 'n'],
    ['a score that is no boolean', () => untyped.zrank?.('k', 'm', { withScore: 1 }), 'withScore'],
    ['a wrong aggregate', () => untyped.zunion?.(['k'], { aggregate: 'avg' }), 'aggregate'],
    ['more keys than follow', () => builder.zunion(3, 'a', 'b'), 'numberOfKeys'],
    ['no number of keys', () => builder.lmpop(0, 'LEFT'), 'numberOfKeys'],
    [
      'scores to be stored',
      () => untyped.zunionstore?.('d', ['a'], { withScores: true }),
      'withScores',
    ],
    [
      'weights for a difference',
      () => untyped.zdiffstore?.('d', ['a'], { weights: [1] }),
      'weights',
    ],
    ['no fields to expire', () => builder.hexpire('k', 9, []), 'fields'],
    ['fields that are missing', () => untyped.hexpire?.('k', 9), 'fields'],
    ['an expiry of 1.5', () => builder.hpexpire('k', 1.5, 'f'), 'milliseconds'],
    ['an unknown condition', () => untyped.hexpireat?.('k', 1, 'f', { ex: 1 }), 'ex'],
    ['no fields to ask', () => builder.httl('k'), 'fields'],
    ['a field without a value', () => builder.hsetex('k', ['a']), 'fields'],
    ['an expiry of 0', () => builder.hgetex('k', 'f', { ex: 0 }), 'ex'],
    ['an option of hsetex that is none', () => untyped.hsetex?.('k', { a: 1 }, { nx: true }), 'nx'],
    ['no numbers', () => builder.vadd('k', 'e', []), 'vector'],
    ['numbers that are none', () => builder.vadd('k', 'e', [1, Number.NaN]), 'vector'],
    ['texts for numbers', () => untyped.vsim?.('k', ['1']), 'vector'],
    ['half a number', () => builder.vadd('k', 'e', Buffer.alloc(6)), 'vector'],
    ['attributes that are text', () => untyped.vsetattr?.('k', 'e', '{}'), 'attributes'],
    ['bits that are none', () => untyped.vadd?.('k', 'e', [1], { quant: 'q4' }), 'quant'],
    ['an option of vadd that is none', () => untyped.vadd?.('k', 'e', [1], { nx: true }), 'nx'],
    ['no options', () => untyped.vadd?.('k', 'e', [1], null), 'options'],
    ['a count of 0', () => builder.vsim('k', 'e', { count: 0 }), 'count'],
    ['a count of 1.5', () => builder.vrandmember('k', 1.5), 'count'],
    ['an option of vsim that is none', () => untyped.vsim?.('k', 'e', { limit: 3 }), 'limit'],
    ['no values to write', () => builder.msetex({}), 'values'],
    ['a comparison that is none', () => untyped.delex?.('k', { eq: 'v' }), 'eq'],
    [
      'a length below 0',
      () => builder.lcs('a', 'b', { idx: true, minMatchLen: -1 }),
      'minMatchLen',
    ],
    ['a port of 0', () => builder.migrate({ host: 'h', port: 0 }, 'k'), 'port'],
    ['no keys to move', () => builder.migrate({ host: 'h', port: 1 }, []), 'keys'],
    ['an unknown target', () => untyped.migrate?.({ host: 'h', port: 1, url: 'x' }, 'k'), 'url'],
    ['more keys than arguments', () => builder.fcall('f', 2, 'a'), 'numberOfKeys'],
    ['an unknown mode', () => untyped.scriptFlush?.('now'), 'mode'],
    ['a debugger that is none', () => untyped.scriptDebug?.(true), 'mode'],
    ['no scripts to ask about', () => builder.scriptExists(), 'sha1s'],
    ['an option of a library', () => untyped.functionLoad?.('x', { force: true }), 'force'],
    ['a policy that is none', () => untyped.functionRestore?.(Buffer.alloc(1), 'merge'), 'policy'],
    ['no settings', () => builder.configSet({}), 'settings'],
    ['no globs of settings', () => builder.configGet(), 'globs'],
    ['a mode of flushing', () => untyped.flushall?.('now'), 'mode'],
    ['a type of connection', () => untyped.clientList?.({ type: 'web' }), 'type'],
    ['a type and numbers', () => untyped.clientList?.({ type: 'normal', ids: [1] }), 'ids'],
    ['everybody to be closed', () => builder.clientKill({}), 'filter'],
    ['everybody to be closed by skipMe', () => builder.clientKill({ skipMe: undefined }), 'filter'],
    ['skipMe that is no boolean', () => untyped.clientKill?.({ id: 1, skipMe: 'no' }), 'skipMe'],
    ['a connection of 0', () => builder.clientKill({ id: 0 }), 'id'],
    ['a filter that is none', () => untyped.clientKill?.({ name: 'x' }), 'name'],
    ['a pause below 0', () => builder.clientPause(-1), 'timeoutMs'],
    ['a pause of something', () => untyped.clientPause?.(1, 'reads'), 'what'],
    ['ON that is no boolean', () => untyped.clientNoEvict?.('on'), 'on'],
    ['NO that is no boolean', () => untyped.clientCaching?.('no'), 'yes'],
    ['an attribute of a library', () => untyped.clientSetInfo?.('name', 'x'), 'attribute'],
    ['an option of tracking', () => untyped.clientTracking?.(true, { optin: true }), 'optin'],
    ['a client without replies', () => builder.client('REPLY', 'OFF'), 'REPLY'],
    ['samples below 0', () => builder.memoryUsage('k', { samples: -1 }), 'samples'],
    ['a count below -1', () => builder.slowlogGet(-2), 'count'],
    ['no users to delete', () => builder.aclDelUser(), 'usernames'],
    ['a password of no bits', () => builder.aclGenPass(0), 'bits'],
    ['a slot that is none', () => builder.clusterCountKeysInSlot(16_384), 'slot'],
    ['a slot of 1.5', () => builder.clusterGetKeysInSlot(1.5, 1), 'slot'],
    ['no slots', () => builder.clusterAddSlots(), 'slots'],
    ['slots that are none', () => builder.clusterDelSlots([1, -1]), 'slots'],
    ['half a range', () => builder.clusterAddSlotsRange(1, 2, 3), 'slots'],
    ['a range without an end', () => untyped.clusterDelSlotsRange?.({ from: 1 }), 'slots'],
    ['a slot of nobody', () => untyped.clusterSetSlot?.(1, {}), 'state'],
    ['a state that is none', () => untyped.clusterSetSlot?.(1, { owner: 'id' }), 'owner'],
    ['a node at no port', () => untyped.clusterMeet?.('h'), 'port'],
    ['a failover of some sort', () => untyped.clusterFailover?.('now'), 'how'],
    ['a reset of some sort', () => untyped.clusterReset?.('all'), 'how'],
    ['an order of slots', () => untyped.clusterSlotStats?.({ orderBy: 'size' }), 'orderBy'],
    ['slots from nowhere', () => untyped.clusterSlotStats?.({}), 'from'],
    ['a list by two things', () => untyped.commandList?.({ group: 'x' }), 'group'],
    ['an option of a module', () => untyped.moduleLoadEx?.('/m', { x: 1 }), 'x'],
    ['a replica of no port', () => untyped.replicaof?.('h'), 'port'],
    ['a replica of nobody', () => builder.replicaof('NO', 1), 'port'],
    ['a failover to no port', () => untyped.failover?.({ to: { host: 'h' } }), 'to.port'],
    ['an end of some sort', () => untyped.shutdown?.({ nosave: true }), 'nosave'],
    ['save that is no boolean', () => untyped.shutdown?.({ save: 'no' }), 'save'],
    ['replicas below 0', () => builder.waitaof(1, -1, 1), 'replicas'],
    ['a version of nothing', () => untyped.lolwut?.('five'), 'version'],
  ])('%s', (_, call, argument) => {
    expect(refused(call())).toBe(argument)
  })

  test.each(Object.keys(REFUSED))('call() refuses %s, which would change the connection', words => {
    const [name = '', first = 'x'] = words.split(' ')
    for (const word of [first, first.toUpperCase()]) {
      expect(() => toUnknownCommand({ name, args: [word], keys: [] }, '')).toThrow(
        InvalidArgumentError,
      )
    }
  })

  test('call() lets the neighbours of a refused subcommand through', () => {
    for (const args of [['ID'], [], [Buffer.from('ID')]])
      expect(toUnknownCommand({ name: 'client', args, keys: [] }, '').name).toBe('client')
    expect(toUnknownCommand({ name: 'constructor', args: [], keys: [] }, '').name).toBe(
      'constructor',
    )
  })
})

describe('whatever the names are', () => {
  const name = fc.string({ minLength: 1 })
  const names = fc.array(name, { minLength: 1 })

  test('fields are counted, and options stand in front of them', () => {
    const options = fc.record({ nx: fc.boolean(), gt: fc.boolean() }, { requiredKeys: [] })
    fc.assert(
      fc.property(names, fc.integer(), options, (fields, time, given) => {
        const words = [...(given.nx ? ['NX'] : []), ...(given.gt ? ['GT'] : [])]
        const wire = wireOf(builder.hexpire('k', time, fields, given), 'p:')
        expect(wire.slice(0, 2)).toEqual(['p:k', String(time)])
        expect(wire.slice(2, 2 + words.length).sort()).toEqual(words.sort())
        expect(wire.slice(2 + words.length)).toEqual(['FIELDS', String(fields.length), ...fields])
        expect(wireOf(builder.hexpire('k', time, 'FIELDS', fields.length, ...fields))).toEqual([
          'k',
          String(time),
          'FIELDS',
          String(fields.length),
          ...fields,
        ])
        expect(wireOf(builder.hgetdel('k', ...fields), 'p:')).toEqual([
          'p:k',
          'FIELDS',
          String(fields.length),
          ...fields,
        ])
      }),
    )
  })

  test('only the keys of a blocking command get the prefix', () => {
    const timeout = fc.double({ min: 0, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(names, timeout, name, (keys, seconds, prefix) => {
        const prefixed = keys.map(key => prefix + key)
        const expected = [...prefixed, String(seconds)]
        expect(wireOf(builder.blpop(keys, seconds), prefix)).toEqual(expected)
        expect(wireOf(builder.bzpopmax(...keys, seconds), prefix)).toEqual(expected)
        expect(wireOf(builder.blmpop(seconds, keys, 'left'), prefix)).toEqual([
          String(seconds),
          String(keys.length),
          ...prefixed,
          'LEFT',
        ])
      }),
    )
  })

  test('msetex writes as many keys as it says', () => {
    const values = fc.uniqueArray(fc.tuple(name, fc.oneof(fc.string(), fc.bigInt())), {
      minLength: 1,
      selector: ([key]) => key,
    })
    fc.assert(
      fc.property(values, fc.integer({ min: 1 }), (pairs, ex) => {
        expect(wireOf(builder.msetex(new Map(pairs), { ex }), 'p:')).toEqual([
          String(pairs.length),
          ...pairs.flatMap(([key, value]) => [`p:${key}`, String(value)]),
          'EX',
          String(ex),
        ])
      }),
    )
  })

  test('the positional form of migrate has its keys behind KEYS, whatever they are called', () => {
    const words = fc.array(fc.oneof(name, fc.constantFrom('KEYS', 'keys')), { minLength: 1 })
    fc.assert(
      fc.property(words, keys => {
        expect(wireOf(builder.migrate('h', 1, '', 0, 9, 'COPY', 'KEYS', ...keys), 'p:')).toEqual([
          ...['h', '1', '', '0', '9', 'COPY', 'KEYS'],
          ...keys.map(key => `p:${key}`),
        ])
        expect(wireOf(builder.migrate({ host: 'h', port: 1 }, keys, { copy: true }), 'p:')).toEqual(
          [...['h', '1', '', '0', '5000', 'COPY', 'KEYS'], ...keys.map(key => `p:${key}`)],
        )
      }),
    )
  })

  test('slots in ranges, flat and one by one are the same', () => {
    const slot = fc.integer({ min: 0, max: 16_383 })
    fc.assert(
      fc.property(fc.array(fc.tuple(slot, slot), { minLength: 1 }), ranges => {
        const expected = ['ADDSLOTSRANGE', ...ranges.flat().map(String)]
        const objects = ranges.map(([from, to]) => ({ from, to }))
        expect(wireOf(builder.clusterAddSlotsRange(objects))).toEqual(expected)
        expect(wireOf(builder.clusterAddSlotsRange(...ranges.flat()))).toEqual(expected)
      }),
    )
  })
})

describe('reports', () => {
  test('any lines become an object', () => {
    const word = fc.stringMatching(/^[a-z_]{1,10}$/)
    fc.assert(
      fc.property(fc.dictionary(word, fc.stringMatching(/^[ -~]*$/)), lines => {
        const written = Object.entries(lines).map(([name, value]) => `${name}:${value}\r\n`)
        const report = `# Heading\r\n${written.join('')}\r\n# Another:one\r\n`
        expect(lineRecord(report)).toEqual(lines)
        expect(lineRecord(Buffer.from(report))).toEqual(lines)
      }),
    )
  })

  test('names are written as JavaScript writes them', () => {
    expect(['tot-mem', 'used_memory', 'peak.allocated', 'id', 'db.0'].map(camelCase)).toEqual([
      'totMem',
      'usedMemory',
      'peakAllocated',
      'id',
      'db0',
    ])
  })
})
