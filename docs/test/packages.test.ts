import path from 'node:path'
import { expect, test } from 'vitest'
import { declarationsOf, kilobytesOf, PACKAGES, promisedKilobytes } from './packages.js'
import { ROOT } from './samples.js'

test.each(PACKAGES)('the public types of %s are those of its snapshot', async name => {
  // Changed on purpose? npm run api-snapshot -w @gravito/redis-docs, after a build.
  const snapshot = path.join(ROOT, 'packages', name, 'api.snapshot.txt')
  await expect(declarationsOf(name)).toMatchFileSnapshot(snapshot)
})

test.each(PACKAGES)('%s is as small as its README says', async name => {
  const kilobytes = await kilobytesOf(name)
  const limit = promisedKilobytes(name)
  expect(kilobytes).toBeLessThan(limit)
  // A limit that is far away guards nothing.
  expect(kilobytes).toBeGreaterThan(limit * 0.7)
})
