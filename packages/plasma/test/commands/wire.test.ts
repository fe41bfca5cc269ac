import { describe, expect, test } from 'vitest'
import { CommandBuilder } from '../../src/batch.js'
import { toCommand } from '../../src/wire.js'
import { bitmaps } from './rows/bitmaps.js'
import { geo } from './rows/geo.js'
import { hashes } from './rows/hashes.js'
import { hyperloglog } from './rows/hyperloglog.js'
import { keys } from './rows/keys.js'
import { lists } from './rows/lists.js'
import { pubsub } from './rows/pubsub.js'
import type { Row } from './rows/row.js'
import { scripting } from './rows/scripting.js'
import { server } from './rows/server.js'
import { sets } from './rows/sets.js'
import { sortedSets } from './rows/sorted-sets.js'
import { streamGroups } from './rows/stream-groups.js'
import { streams } from './rows/streams.js'
import { strings } from './rows/strings.js'

/** Every command; a missing one does not compile. */
const ROWS: { [Name in Exclude<keyof CommandBuilder, 'send' | 'run'>]: readonly Row[] } = {
  ...bitmaps,
  ...geo,
  ...hashes,
  ...hyperloglog,
  ...keys,
  ...lists,
  ...pubsub,
  ...scripting,
  ...server,
  ...sets,
  ...sortedSets,
  ...streamGroups,
  ...streams,
  ...strings,
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
