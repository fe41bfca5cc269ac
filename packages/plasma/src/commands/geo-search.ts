import {
  type Argument,
  anyNumber,
  encodeOptions,
  flag,
  Invalid,
  isOptions,
  type OptionTable,
  positive,
  type Value,
} from './arguments.js'
import type { Decode } from './sender.js'

/** Degrees; latitudes beyond 85.05112878° are refused by Redis. */
export interface GeoPosition {
  longitude: number
  latitude: number
}

/** What `geoadd` takes. */
export interface GeoMember extends GeoPosition {
  member: Value
}

/** Metres, kilometres, miles or feet. */
export type GeoUnit = 'm' | 'km' | 'mi' | 'ft'

/** A circle or a box around the centre; the unit is metres unless said otherwise. */
export type GeoArea =
  | { radius: number; unit?: GeoUnit; width?: never; height?: never }
  | { width: number; height: number; unit?: GeoUnit; radius?: never }

/** `any` stops at the first `count` instead of the nearest. */
export type GeoSearchOptions = {
  sort?: 'asc' | 'desc'
  withDist?: boolean
  withCoord?: boolean
  withHash?: boolean
} & ({ count?: number; any?: never } | { count: number; any?: boolean })

/** `storeDist` stores the distances as scores, instead of the positions. */
export type GeoStoreOptions = { sort?: 'asc' | 'desc'; storeDist?: boolean } & (
  | { count?: number; any?: never }
  | { count: number; any?: boolean }
)

/** A found member with what the options asked for: distance in the area's unit, position, geohash as a number. */
export type GeoFound<Options> = { member: string } & (Options extends { withDist: true }
  ? { distance: number }
  : unknown) &
  (Options extends { withCoord: true } ? GeoPosition : unknown) &
  (Options extends { withHash: true } ? { hash: number } : unknown)

/** Members alone, or objects where the options ask for more; either where the type does not tell. */
export type GeoReply<Options> =
  true extends Asked<Options>
    ? Options extends { withDist: true } | { withCoord: true } | { withHash: true }
      ? GeoFound<Options>[]
      : GeoFound<Options>[] | string[]
    : string[]

type Asked<Options> = Options[keyof Options & ('withDist' | 'withCoord' | 'withHash')]

export type RawPosition = [longitude: string, latitude: string]

const UNITS = new Set(['m', 'km', 'mi', 'ft'])
const sort = (value: string): Argument[] =>
  value === 'asc' || value === 'desc'
    ? [value.toUpperCase()]
    : [new Invalid('sort', "must be 'asc' or 'desc'")]
export const SEARCH = {
  sort,
  count: positive,
  any: flag,
  withCoord: flag,
  withDist: flag,
  withHash: flag,
}
export const STORE = { sort, count: positive, any: flag, storeDist: flag }

export const degrees = (at: Partial<GeoPosition>): Argument[] => [
  anyNumber('longitude', at.longitude),
  anyNumber('latitude', at.latitude),
]

export const unitOf = (unit: unknown): Argument =>
  typeof unit === 'string' && UNITS.has(unit.toLowerCase())
    ? unit
    : new Invalid('unit', "must be 'm', 'km', 'mi' or 'ft'")

export function around(from: unknown, area: Record<string, unknown>): Argument[] {
  const { radius, width, height, unit = 'm', ...unknown } = area
  const centre = isOptions(from) ? ['FROMLONLAT', ...degrees(from)] : ['FROMMEMBER', from as Value]
  const size =
    radius === undefined
      ? ['BYBOX', anyNumber('width', width), anyNumber('height', height)]
      : ['BYRADIUS', anyNumber('radius', radius)]
  const both = radius !== undefined && (width !== undefined || height !== undefined)
  if (both) size.push(new Invalid('radius', 'cannot be combined with width and height'))
  return [...encodeOptions(unknown, AREA), ...centre, ...size, unitOf(unit)]
}

/** For the message about an option that is none. */
const AREA: OptionTable = Object.fromEntries(
  ['radius', 'width', 'height', 'unit'].map(name => [name, () => []]),
)

/** ANY stands behind COUNT, whatever the order in which the options were written. */
export function searchOptions(options: unknown, table: OptionTable): Argument[] {
  if (!isOptions(options)) return [new Invalid('options', 'must be an object')]
  const { sort, count, any, ...rest } = options
  if (any && count === undefined) return [new Invalid('any', 'needs count')]
  return encodeOptions({ sort, count, any, ...rest }, table)
}

export const position = ([longitude, latitude]: RawPosition): GeoPosition => ({
  longitude: Number(String(longitude)),
  latitude: Number(String(latitude)),
})

/** Redis sends the distance, the hash and the position in this order, each if it was asked for. */
export function found(options: unknown): Decode<unknown[]> | undefined {
  if (!isOptions(options)) return undefined
  const { withDist, withHash, withCoord } = options as GeoSearchOptions
  if (!withDist && !withHash && !withCoord) return undefined
  return (raw: [member: string, ...more: unknown[]][]) =>
    raw.map(([member, ...more]) => ({
      member,
      ...(withDist && { distance: Number(String(more.shift())) }),
      ...(withHash && { hash: Number(more.shift()) }),
      ...(withCoord && position(more.shift() as RawPosition)),
    }))
}
