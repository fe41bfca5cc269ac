import type { Job } from '../member.js'
import { pause } from '../pause.js'

const EVERY_MS = 500

/** What a process tells everybody. */
export interface FeedMessage {
  from: string
  /** The process, because a new one counts from 1. */
  pid: number
  /** 1, 2, 3, …: a gap is a message that did not arrive. */
  seq: number
  text: string
}

let seq = 1

/** Tell everybody something twice a second, numbered. */
export async function useFeed({ member, names, redis, cache, signal }: Job): Promise<void> {
  while (!signal.aborted) {
    const { hits, misses } = cache.stats()
    const text = `${hits} hits, ${misses} misses, ${redis.stats().commands} commands`
    const message: FeedMessage = { from: member, pid: process.pid, seq, text }
    await redis.publish(names.feed, JSON.stringify(message))
    seq++
    await pause(EVERY_MS, signal)
  }
}
