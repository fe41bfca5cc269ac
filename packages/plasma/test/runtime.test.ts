import { expect, test } from 'vitest'

test('the suite runs on the runtime that it was asked to run on', () => {
  const runtime = process.versions.bun === undefined ? 'node' : 'bun'
  expect(runtime).toBe(process.env.TEST_RUNTIME ?? 'node')
})
