import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type {
  Reporter,
  SerializedError,
  TestCase,
  TestModule,
  TestRunEndReason,
  Vitest,
} from 'vitest/node'

/** What one package's run leaves in `.reports/tests.json` (or the name in `TEST_REPORT`) for `scripts/test-totals.mjs` to add up. */
export interface Report {
  passed: number
  failed: number
  skipped: number
  /** Why each failure is one. */
  problems: string[]
  /** Why each skipped test is skipped. */
  skips: string[]
}

/**
 * Counts what vitest's own JSON leaves out: a file that did not load, an error outside of every test and an
 * interrupted run are failures, and so is a skipped test that gives no reason.
 */
export default class TotalsReporter implements Reporter {
  #root = process.cwd()

  onInit(vitest: Vitest): void {
    this.#root = vitest.config.root
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    const report: Report = { passed: 0, failed: 0, skipped: 0, problems: [], skips: [] }
    const fail = (problem: string) => {
      report.failed++
      report.problems.push(problem)
    }
    for (const module of modules) {
      const file = module.relativeModuleId
      for (const test of module.children.allTests()) count(test, file, report, fail)
      for (const suite of module.children.allSuites())
        for (const error of suite.errors()) fail(`${file}: ${suite.fullName}: ${error.message}`)
      for (const error of module.errors()) fail(`${file}: ${error.message}`)
    }
    for (const error of unhandled) fail(`outside of every test: ${error.message}`)
    if (reason === 'interrupted') fail('the run was interrupted')
    const folder = path.join(this.#root, '.reports')
    mkdirSync(folder, { recursive: true })
    const name = process.env.TEST_REPORT ?? 'tests'
    writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(report, null, 2))
  }
}

function count(test: TestCase, file: string, report: Report, fail: (problem: string) => void) {
  const name = `${file}: ${test.fullName}`
  const result = test.result()
  if (result.state === 'passed') report.passed++
  else if (result.state === 'skipped' && result.note) {
    report.skipped++
    report.skips.push(`${name}: ${result.note}`)
  } else if (result.state === 'skipped') fail(`${name}: skipped without a reason`)
  else fail(`${name}: ${result.errors?.[0]?.message.split('\n')[0] ?? result.state}`)
}
