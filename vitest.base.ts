import { fileURLToPath } from 'node:url'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const beside = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/**
 * What every package's tests share: one Redis for the run, honest totals, and processes that take one file after
 * another. Most tests wait for a server, so several files run at a time, whatever the number of cores.
 */
export function packageConfig(name: string, test: ViteUserConfig['test'] = {}): ViteUserConfig {
  return defineConfig({
    test: {
      name,
      include: ['test/**/*.test.ts'],
      globalSetup: [beside('./testing/vitest/redis.ts')],
      reporters: ['default', beside('./testing/vitest/totals-reporter.ts')],
      maxWorkers: 2,
      isolate: false,
      testTimeout: 20_000,
      hookTimeout: 60_000,
      typecheck: { enabled: true, include: ['test/**/*.test-d.ts'] },
      coverage: { provider: 'v8', include: ['src/**'] },
      ...test,
    },
  })
}
