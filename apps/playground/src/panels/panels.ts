import type { RedisManager } from '@gravito/plasma'
import type { Crew } from '../crew/crew.js'
import { CachePanel } from './cache.js'
import { ConnectionsPanel, type ServerControl } from './connections.js'
import { FeedPanel } from './feed.js'
import { Journal } from './journal.js'
import { LimiterPanel } from './limiter.js'
import { LockPanel } from './lock.js'
import type { Panel } from './panel.js'
import { SemaphorePanel } from './semaphore.js'
import { StreamPanel } from './stream.js'

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
    new SemaphorePanel(redis, crew, journal, stage),
    new CachePanel(redis, crew, journal, stage),
    new LimiterPanel(redis, crew, journal, stage),
    new StreamPanel(redis, crew, journal, stage),
    new FeedPanel(redis, stage),
  ]
}
