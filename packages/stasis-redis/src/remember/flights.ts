import type { TaggedName } from '../entries/tagged-keys.js'
import { SingleFlight } from './single-flight.js'

/** What a process computes at the moment: for callers who wait, and in the background. */
export class Flights {
  readonly waitedFor = new SingleFlight()
  readonly refreshes = new SingleFlight()

  /** Nobody joins the computation of this entry from now on. */
  leave(name: TaggedName): void {
    this.waitedFor.leave(name)
    this.refreshes.leave(name)
  }

  /** Nobody joins a computation with any of the tags from now on. */
  leaveTags(tags: readonly string[]): void {
    this.waitedFor.leaveTags(tags)
    this.refreshes.leaveTags(tags)
  }

  leaveAll(): void {
    this.waitedFor.leaveAll()
    this.refreshes.leaveAll()
  }
}
