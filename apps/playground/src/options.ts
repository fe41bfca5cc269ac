import { statSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'

/** What the command line says. */
export interface Options {
  /** The folder to audit, absolute; default: the project's. */
  input?: string
  /** Undefined: 3000, or the next free one. */
  port?: number
  /** Audit, print the result, end. */
  once: boolean
  workers: number
  help: boolean
}

/** A mistake on the command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const USAGE = `Usage: npm run playground -- [options]

  --input DIR    audit the packages installed in DIR (default: this project's)
  --port N       serve on port N (default: 3000, or the next free one)
  --workers N    worker processes, 1 to 32 (default: 3)
  --once         audit, print the result and end: 0 when the totals equal the sequential scan
  --help         this text`

const MAX_WORKERS = 32

/** @throws UsageError */
export function parseOptions(args: readonly string[]): Options {
  const { input, port, workers, once = false, help = false } = read(args)
  if (once && port !== undefined)
    throw new UsageError('--port has no meaning with --once, which serves nothing.')
  return {
    input: input === undefined ? undefined : folder(input),
    port: port === undefined ? undefined : whole('--port', port, 1, 65_535),
    workers: workers === undefined ? 3 : whole('--workers', workers, 1, MAX_WORKERS),
    once,
    help,
  }
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        input: { type: 'string' },
        port: { type: 'string' },
        workers: { type: 'string' },
        once: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new UsageError(`${name} must be a whole number from ${min} to ${max}, not "${text}".`)
  return value
}

function folder(input: string): string {
  const absolute = path.resolve(process.env.INIT_CWD ?? '.', input)
  const found = input === '' ? undefined : statSync(absolute, { throwIfNoEntry: false })
  if (!found) throw new UsageError(`--input: there is no folder ${absolute}.`)
  if (!found.isDirectory()) throw new UsageError(`--input: ${absolute} is no folder.`)
  return absolute
}
