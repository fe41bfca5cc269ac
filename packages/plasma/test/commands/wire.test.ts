import { describe, expect, test } from 'vitest'
import { CommandBuilder } from '../../src/batches/batch.js'
import { toCommand } from '../../src/wire.js'
import { ROWS } from './rows/index.js'

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
