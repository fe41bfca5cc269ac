import { describe, expect, test } from 'vitest'
import { type CacheContract, RedisStore } from '../../src/index.js'
import {
  type ComplianceCase,
  contractCases,
  createMemoryStore,
  storeCases,
} from '../../src/testing/index.js'
import { setup } from '../setup.js'
import { ReferenceStore } from '../store/reference-store.js'

const run = (cases: ComplianceCase[]) => {
  expect(cases.length).toBeGreaterThan(10)
  for (const it of cases) test(it.name, () => it.run())
}

describe('in Redis', () => {
  run(contractCases(() => setup({ deadlineMs: 10_000 })))
})

describe('in memory', () => {
  run(contractCases(() => ({ store: createMemoryStore() })))
})

describe("by the semantics of Stasis' store in memory", () => {
  run(
    storeCases(() => {
      const store = new ReferenceStore()
      store.now = Date.now()
      return {
        store,
        wait: ms => {
          store.now += ms
        },
      }
    }),
  )
})

test('a store that breaks the contract is found out', async () => {
  class Forgetful extends RedisStore {
    override async forget(): Promise<boolean> {
      return true
    }
  }
  const cases = contractCases(() => {
    const { redis } = setup()
    return { store: new Forgetful({ client: redis }) satisfies CacheContract }
  })
  const found = cases.filter(it => it.name.startsWith('forget says'))
  expect(found).toHaveLength(1)
  await expect(found[0]?.run()).rejects.toThrow('Expected values')
})
