import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Report, testTotals } from '../../scripts/test-totals.mjs'

/** The report of a run of vitest over one file; beside the package, where vitest can be imported. */
async function reportOf(source: string): Promise<{ report: Report; exitCode: number }> {
  mkdirSync('.reports', { recursive: true })
  const root = mkdtempSync(path.resolve('.reports/run-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  writeFileSync(path.join(root, 'it.test.ts'), `import { expect, test } from 'vitest'\n${source}`)
  writeFileSync(path.join(root, 'vitest.config.ts'), 'export default {}')
  const reporter = path.resolve('vitest/totals-reporter.ts')
  const args = ['../node_modules/vitest/vitest.mjs', 'run', '--root', root]
  const exitCode = await new Promise<number>(resolve => {
    const child = execFile(process.execPath, [...args, '--reporter', reporter])
    child.once('exit', code => resolve(code ?? 1))
  })
  const text = readFileSync(path.join(root, '.reports/tests.json'), 'utf8')
  return { report: JSON.parse(text), exitCode }
}

test('a report counts what passed, failed and was skipped with a reason', async () => {
  const { report, exitCode } = await reportOf(`
    test('good', () => expect(1).toBe(1))
    test('bad', () => expect(1).toBe(2))
    test('away', ({ skip }) => skip('there is no browser'))
  `)
  expect(exitCode).toBe(1)
  expect(report).toMatchObject({ passed: 1, failed: 1, skipped: 1 })
  expect(report.problems).toEqual([expect.stringContaining('it.test.ts: bad: expected 1 to be 2')])
  expect(report.skips).toEqual(['it.test.ts: away: there is no browser'])
})

test('a test skipped without a reason has failed', async () => {
  const { report } = await reportOf(
    "test('good', () => undefined)\ntest.skip('away', () => undefined)",
  )
  expect(report).toMatchObject({ passed: 1, failed: 1, skipped: 0 })
  expect(report.problems).toEqual(['it.test.ts: away: skipped without a reason'])
})

test('a file that does not load has failed', async () => {
  const { report } = await reportOf("throw new Error('broken on load')")
  expect(report).toMatchObject({ passed: 0, failed: 1 })
  expect(report.problems).toEqual(['it.test.ts: broken on load'])
})

test('an error outside of every test is a failure', async () => {
  const { report, exitCode } = await reportOf(`
    test('good', async () => {
      setTimeout(() => { throw new Error('nobody waits for me') })
      await new Promise(resolve => setTimeout(resolve, 50))
    })
  `)
  expect(exitCode).toBe(1)
  expect(report).toMatchObject({ passed: 1, failed: 1 })
  expect(report.problems).toEqual(['outside of every test: nobody waits for me'])
})

test('a failed beforeAll is a failure', async () => {
  const { report } = await reportOf(`
    import { beforeAll, describe } from 'vitest'
    describe('set-up', () => {
      beforeAll(() => { throw new Error('no server') })
      test('never runs', () => undefined)
    })
  `)
  expect(report.passed).toBe(0)
  expect(report.problems).toContain('it.test.ts: set-up: no server')
})

/** The totals over reports that are written now, and the printed lines. */
function totals(reports: Record<string, Partial<Report> | undefined>, exitCode = 0, ageMs = 0) {
  const root = mkdtempSync(path.join(tmpdir(), 'totals-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const startedAt = Date.now() - 1_000
  for (const [folder, report] of Object.entries(reports)) {
    if (!report) continue
    mkdirSync(path.join(root, folder, '.reports'), { recursive: true })
    const file = path.join(root, folder, '.reports/tests.json')
    const empty: Report = { passed: 0, failed: 0, skipped: 0, problems: [], skips: [] }
    writeFileSync(file, JSON.stringify({ ...empty, ...report }))
    const writtenAt = (Date.now() - ageMs) / 1_000
    utimesSync(file, writtenAt, writtenAt)
  }
  const lines: string[] = []
  const folders = Object.keys(reports)
  const print = (line: string) => void lines.push(line)
  const code = testTotals({ folders, startedAt, exitCode, root, print })
  return { code, lines, last: lines.at(-1) }
}

test('the totals add up and end with one line', () => {
  const { code, last, lines } = totals({
    a: { passed: 2, skipped: 1, skips: ['x: no browser'] },
    b: { passed: 3 },
  })
  expect(code).toBe(0)
  expect(last).toBe('5 passed, 0 failed, 1 skipped')
  expect(lines).toContain('  skipped  x: no browser')
})

test('a failed test fails the run, and is named', () => {
  const { code, last, lines } = totals({ a: { passed: 2, failed: 1, problems: ['x: bad'] } })
  expect(code).toBe(1)
  expect(last).toBe('2 passed, 1 failed, 0 skipped')
  expect(lines).toContain('  FAILED   x: bad')
})

test('a report that is missing, old or empty is a failure', () => {
  expect(totals({ a: { passed: 2 }, b: undefined }).last).toBe('2 passed, 1 failed, 0 skipped')
  expect(totals({ a: { passed: 2 } }, 0, 60_000).last).toBe('0 passed, 1 failed, 0 skipped')
  const empty = totals({ a: { skipped: 2 } })
  expect(empty.code).toBe(1)
  expect(empty.last).toBe('0 passed, 1 failed, 0 skipped')
})

test('an exit code that no report explains is a failure', () => {
  expect(totals({ a: { passed: 2 } }, 1)).toMatchObject({
    code: 1,
    last: '2 passed, 1 failed, 0 skipped',
  })
  expect(totals({ a: { passed: 2, failed: 1 } }, 1).last).toBe('2 passed, 1 failed, 0 skipped')
})
