import type { Context } from './kernel.js'

/** The request is wrong; its sender is told why. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput'
}

const MAX_BODY = 10_000

/**
 * The JSON object in the body; nothing at all is `{}`.
 *
 * @throws InvalidInput for anything else, and for a field that is not among `fields`
 */
export async function readBody(c: Context, fields: string[]): Promise<Record<string, unknown>> {
  const text = await c.req.text()
  if (text.length > MAX_BODY) throw new InvalidInput(`The body is longer than ${MAX_BODY} bytes.`)
  if (text === '') return {}
  // A page of another origin cannot send this type without asking first.
  if (!c.req.header('content-type')?.startsWith('application/json'))
    throw new InvalidInput('The content type must be application/json.')
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new InvalidInput('The body is not JSON.')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new InvalidInput('The body must be a JSON object.')
  const unknown = Object.keys(body).find(field => !fields.includes(field))
  if (unknown !== undefined)
    throw new InvalidInput(`Unknown field "${unknown}"; known are: ${fields.join(', ') || 'none'}.`)
  return body as Record<string, unknown>
}

/** @throws InvalidInput */
export function wholeNumber(
  body: Record<string, unknown>,
  field: string,
  { min, max, initial }: { min: number; max: number; initial: number },
): number {
  const value = body[field] ?? initial
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max)
    throw new InvalidInput(`${field} must be a whole number from ${min} to ${max}.`)
  return value as number
}

/** @throws InvalidInput */
export function text(body: Record<string, unknown>, field: string, max: number): string {
  const value = body[field]
  if (typeof value !== 'string' || value.trim() === '' || value.length > max)
    throw new InvalidInput(`${field} must be a text of 1 to ${max} characters.`)
  return value
}

/** @throws InvalidInput */
export function nameFrom(c: Context, parameter: string): string {
  const value = c.req.param(parameter) ?? ''
  if (!/^[\w.-]{1,64}$/.test(value))
    throw new InvalidInput(`${parameter} must be 1 to 64 letters, digits, "_", "-" or ".".`)
  return value
}
