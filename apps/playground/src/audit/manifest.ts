/** What the audit wants to know of a package.json. */
export interface Manifest {
  name: string
  version: string
  licence: string
  problems: string[]
}

const UNKNOWN = 'unknown'
const MAX_LENGTH = 120

/**
 * Read a package.json, however bad: what is missing becomes `unknown` and a problem.
 *
 * @param folder its folder's name, for a package without a name
 */
export function parseManifest(text: string, folder: string): Manifest {
  const json = parse(text)
  if (!isRecord(json)) {
    const problem = json === undefined ? 'package.json is not JSON' : 'package.json holds no object'
    return { name: folder, version: UNKNOWN, licence: UNKNOWN, problems: [problem] }
  }
  const name = tidy(json.name)
  const version = tidy(json.version)
  const licence = licenceOf(json.license) ?? licenceOf(json.licence) ?? licenceOf(json.licenses)
  const missing = Object.entries({ name, version, licence }).filter(([, value]) => !value)
  return {
    name: name ?? folder,
    version: version ?? UNKNOWN,
    licence: licence ?? UNKNOWN,
    problems: missing.map(([field]) => `no ${field}`),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** Old forms too: `{ type, url }`, and lists of either. */
function licenceOf(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const each = [...new Set(value.flatMap(it => licenceOf(it) ?? []))]
    return each.length > 1 ? tidy(`(${each.join(' OR ')})`) : each[0]
  }
  return tidy(isRecord(value) ? (value.type ?? value.name) : value)
}

/** One short line of text; half a surrogate pair would come back from Redis as something else. */
function tidy(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const line = value
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return [...line].slice(0, MAX_LENGTH).join('').trim() || undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
