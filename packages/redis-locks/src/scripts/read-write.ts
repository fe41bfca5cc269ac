import type { Kind } from './kind.js'
import { IN_ORDER, permitScripts } from './permits.js'

const ALL = 1_000_000_000

/** A reader takes one permit, a writer takes them all. */
export const READER = `*1/${ALL}`
export const WRITER = `*${ALL}/${ALL}`

/**
 * Phase-fair: after a writer all readers that wait come in together, whoever else was there before them; otherwise in
 * order, so that readers who come later wait behind a writer. So a reader waits for one writer at most, and a writer for
 * one phase of readers per writer before it.
 */
const PHASE_FAIR = `
    ${IN_ORDER.replace('handOver', 'inOrder')}
    local function handOver(self)
      if used == 0 and dropped and weight(dropped) > 1 then
        for _, ticket in ipairs(redis.call('ZRANGE', queue, 0, -1)) do
          if weight(ticket) == 1 then offer(ticket, self) end
        end
      end
      inOrder(self)
    end`

/** Readers together, writers alone. Each waiter queues, so that a phase takes in all readers of a process. */
export const READ_WRITE: Kind = {
  name: 'read-write',
  suffix: ':rw',
  queues: 'each',
  scripts: permitScripts(PHASE_FAIR),
}
