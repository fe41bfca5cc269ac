import type {} from 'vitest'
import type { TestProject } from 'vitest/node'
import { findRedis, startRedis } from '../dist/index.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The suite's server: the one of REDIS_URL, or one started for this run. Keys need a prefix of their own. */
    redisUrl: string
  }
}

/** Starts the suite's server before the first test file and stops it after the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url } = process.env.REDIS_URL ? await findRedis() : { url: undefined }
  if (url) {
    project.provide('redisUrl', url)
    return async () => undefined
  }
  const server = await startRedis()
  project.provide('redisUrl', server.url)
  return () => server.stop()
}
