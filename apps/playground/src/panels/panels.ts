import type { RedisManager } from '@gravito/plasma'
import type { Crew } from '../crew/crew.js'
import { ConnectionsPanel, type ServerControl } from './connections.js'
import { Journal } from './journal.js'
import { LockPanel } from './lock.js'
import type { Panel } from './panel.js'

/** Every panel of the page. */
export function makePanels(
  redis: RedisManager,
  crew: Crew,
  stage: string,
  control: ServerControl,
): Panel[] {
  const journal = new Journal()
  return [
    new ConnectionsPanel(redis, crew, journal, control),
    journal,
    new LockPanel(redis, crew, journal, stage),
  ]
}
