import { existsSync, readdirSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { run } from './run-command.mjs'
import { ROOT, readJson } from './workspaces.mjs'

/** Its program. */
export const TURBO = path.join(ROOT, 'node_modules', '.bin', 'turbo')

const SUMMARIES = path.join(ROOT, '.turbo', 'runs')

/** One more task than there are cores: most tests wait for a server. */
const CONCURRENCY = availableParallelism() + 1

/**
 * Runs the tasks, each one also after another failed, and gives the exit code.
 *
 * @param {readonly string[]} tasks @param {readonly string[]} [options]
 */
export function runTasks(tasks, options = []) {
  const usual = [`--concurrency=${CONCURRENCY}`, '--continue', '--ui=stream', '--log-order=grouped']
  return run(TURBO, ['run', ...tasks, ...usual, ...options])
}

/**
 * The tasks of all runs with `--summarize` since `startedAt` (ms since 1970); `ok` ones ran and ended well.
 *
 * @param {number} startedAt
 * @returns {{ id: string, task: string, ok: boolean }[]} none when turbo left no summary
 */
export function summary(startedAt) {
  const files = existsSync(SUMMARIES) ? readdirSync(SUMMARIES) : []
  /** @type {{ taskId: string, task: string, execution?: { exitCode?: number } }[]} */
  const tasks = files
    .map(name => path.join(SUMMARIES, name))
    .filter(it => it.endsWith('.json') && statSync(it).mtimeMs >= startedAt)
    .flatMap(it => readJson(it).tasks)
  return tasks.map(({ taskId, task, execution }) => ({
    id: taskId,
    task,
    ok: execution?.exitCode === 0,
  }))
}
