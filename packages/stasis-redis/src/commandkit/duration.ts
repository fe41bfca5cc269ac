import { InvalidArgumentError } from '@gravito/plasma'

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/i

/** Milliseconds above 0, or a text such as `500ms`, `30s`, `5m`, `1.5h`, `7d`. */
export type Duration = number | string

/** @throws InvalidArgumentError naming the argument */
export function durationMs(argument: string, value: Duration): number {
  const ms = typeof value === 'string' ? parsed(value.trim()) : value
  if (typeof ms === 'number' && Number.isFinite(ms) && ms > 0) return ms
  const problem = "must be milliseconds above 0 or a text such as '30s', '5m', '1h', '7d'"
  throw new InvalidArgumentError(argument, problem)
}

function parsed(text: string): number {
  const [, amount = '', unit = ''] = DURATION.exec(text) ?? []
  return Number(amount || Number.NaN) * (UNITS[unit.toLowerCase() as keyof typeof UNITS] ?? 1)
}
