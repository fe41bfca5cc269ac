import assert from 'node:assert/strict'
import type { Locks } from '../../index.js'

/** Two that share nothing but their store, as two processes do; a fresh store for every test. */
export interface LocksUnderTest {
  one: Locks
  other: Locks
  close?: () => Promise<unknown> | unknown
}

/** What is tested, by what it says. */
export type Cases = Record<string, (locks: LocksUnderTest) => Promise<void>>

export const later = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 15_000
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, `within 15 s: ${condition}`)
    await later(10)
  }
}
