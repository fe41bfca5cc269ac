// Rows of the table of promises in docs/locks.md.
import { defineScript } from '@gravito/plasma'
import { waitUntil } from '@gravito/redis-testing'
import { describe, expect, test } from 'vitest'
import { client, ownServer, pause } from './setup.js'

describe('races, thousands of times', () => {
  const owner = defineScript({
    keys: ['lock'],
    args: [],
    lua: `return redis.call('GET', lock)`,
    reply: (it: string | null) => it,
  })

  test.each([
    ['abort', 1_500],
    ['time-out', 1_500],
  ])(
    '%s against grant, between clients: whoever gives up leaves nothing, whoever holds is the only one',
    async (how, rounds) => {
      const { server, admin } = await ownServer()
      const [one, two, three] = [client(server), client(server), client(server)]
      const outcomes = { ran: 0, gaveUp: 0 }
      for (let i = 0; i < rounds; i++) {
        const lease = await one.locks.mutex('a').acquire()
        const controller = new AbortController()
        const options = how === 'abort' ? { signal: controller.signal } : { waitMs: 1 + (i % 3) }
        const section = async ({ token }: { token: number }) => {
          if (i % 10 === 0)
            expect(await two.redis.run(owner, ['lock:{a}'], [])).toContain(`|${token}`)
          outcomes.ran++
        }
        const racing = [two, three].map(({ locks }) =>
          locks.withLock('a', section, options).catch(error => {
            if (how === 'time-out')
              expect(error).toMatchObject({ code: expect.stringMatching(/^LOCK_(TIMEOUT|STORE)$/) })
            outcomes.gaveUp++
          }),
        )
        if (i % 4 > 0) await pause(i % 4 > 2 ? 1 : 0)
        const releasing = lease.release()
        if (i % 5 === 1) await Promise.resolve()
        if (i % 5 > 2) await pause(0)
        controller.abort(new Error('race'))
        await Promise.all([releasing, ...racing])
      }
      expect(outcomes.ran).toBeGreaterThan(10)
      expect(outcomes.gaveUp).toBeGreaterThan(10)
      await waitUntil('nothing is left', async () => (await admin.keys('*')).length <= 1, {
        timeoutMs: 25_000,
      })
    },
    120_000,
  )
})
