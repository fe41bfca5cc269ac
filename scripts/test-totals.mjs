import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './workspaces.mjs'

/**
 * What a run of tests or checks leaves behind.
 *
 * @typedef {{ passed: number, failed: number, skipped: number, problems: string[], skips: string[] }} Report
 */

/**
 * Adds up the reports that are newer than `startedAt` (ms since 1970) and prints them, at last the line
 * `N passed, N failed, N skipped`. A report that is missing, old or empty is a failure, and so is an `exitCode` that
 * no report explains.
 *
 * @param {{ folders: readonly string[], variants?: readonly { folder: string, variant: string }[], startedAt: number, exitCode: number, root?: string, more?: readonly { name: string, report: Report }[], print?: (line: string) => void }} options
 * @returns {number} the exit code for it
 */
export function testTotals({
  folders,
  variants = [],
  startedAt,
  exitCode,
  root = ROOT,
  more = [],
  print = console.log,
}) {
  const reports = [
    ...folders.map(folder => ({ name: folder, report: read(root, folder, 'tests', startedAt) })),
    ...variants.map(({ folder, variant }) => ({
      name: `${folder} (${variant})`,
      report: read(root, folder, variant, startedAt),
    })),
    ...more,
  ]
  /** @param {'passed' | 'failed' | 'skipped'} what */
  const sum = what => reports.reduce((total, { report }) => total + report[what], 0)
  if (exitCode !== 0 && sum('failed') === 0)
    reports.push({ name: 'test run', report: failure(`ended with exit code ${exitCode}`) })

  print('')
  for (const { name, report } of reports) {
    const { passed, failed, skipped, problems, skips } = report
    print(`${name.padEnd(32)} ${passed} passed, ${failed} failed, ${skipped} skipped`)
    for (const skip of skips) print(`  skipped  ${skip}`)
    for (const problem of problems) print(`  FAILED   ${problem}`)
  }
  print(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
  return sum('failed') === 0 ? 0 : 1
}

/**
 * @param {string} root @param {string} folder @param {string} name @param {number} startedAt
 * @returns {Report}
 */
function read(root, folder, name, startedAt) {
  const file = path.join(root, folder, '.reports', `${name}.json`)
  if (!existsSync(file)) return failure('left no report: did its tests start?')
  if (statSync(file).mtimeMs < startedAt) return failure('left no new report: did its tests start?')
  /** @type {Report} */
  const report = JSON.parse(readFileSync(file, 'utf8'))
  if (report.passed + report.failed === 0) return failure('ran no test')
  return report
}

/**
 * @param {string} problem
 * @returns {Report}
 */
function failure(problem) {
  return { passed: 0, failed: 1, skipped: 0, problems: [problem], skips: [] }
}
