import {
  type Argument,
  anyNumber,
  encodeOptions,
  FIRST_KEY,
  flag,
  Invalid,
  isOptions,
  type Key,
  list,
  type OptionTable,
  positive,
  TWO_KEYS,
  type Value,
} from './arguments.js'
import { type Decode, type Mode, type Returns, Sender } from './sender.js'

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

/** Members alone, or objects where the options ask for more. */
export type GeoReply<Options> = Options extends
  | { withDist: true }
  | { withCoord: true }
  | { withHash: true }
  ? GeoFound<Options>[]
  : string[]

/** `nx` adds only new members, `xx` moves only existing ones, `ch` counts moved members too. */
export type GeoAddOptions = { nx?: boolean; xx?: boolean; ch?: boolean }

type RawPosition = [longitude: string, latitude: string]

const UNITS = new Set(['m', 'km', 'mi', 'ft'])
const sort = (value: string): Argument[] =>
  value === 'asc' || value === 'desc'
    ? [value.toUpperCase()]
    : [new Invalid('sort', "must be 'asc' or 'desc'")]
const SEARCH = {
  sort,
  count: positive,
  any: flag,
  withCoord: flag,
  withDist: flag,
  withHash: flag,
}
const STORE = { sort, count: positive, any: flag, storeDist: flag }
const ADD = { nx: flag, xx: flag, ch: flag }

export abstract class Geo<M extends Mode> extends Sender<M> {
  /**
   * Add members at their places, or move them there; resolves with how many are new.
   *
   * @example
   * await redis.geoadd('cities', { member: 'Catania', longitude: 15.087269, latitude: 37.502669 })
   * await redis.geoadd('cities', 15.087269, 37.502669, 'Catania')
   */
  geoadd(
    key: Key,
    members: GeoMember | readonly GeoMember[],
    options?: GeoAddOptions,
  ): Returns<M, number>
  geoadd(key: Key, ...positional: Value[]): Returns<M, number>
  geoadd(key: Key, ...given: unknown[]): Returns<M, number> {
    return this.send('geoadd', [key, ...addArguments(given)], FIRST_KEY)
  }

  /** The distance between two members, `null` when one is missing. */
  geodist(key: Key, from: Value, to: Value, unit: GeoUnit = 'm') {
    return this.send(
      'geodist',
      [key, from, to, unitOf(unit)],
      FIRST_KEY,
      (raw: unknown): number | null => (raw === null ? null : Number(String(raw))),
    )
  }

  /** The geohash of each member, a text of 11 characters that other systems know. */
  geohash(key: Key, ...members: (Value | readonly Value[])[]) {
    return this.send<(string | null)[]>('geohash', [key, ...list('members', members)], FIRST_KEY)
  }

  /** Where each member is. */
  geopos(key: Key, ...members: (Value | readonly Value[])[]) {
    return this.send(
      'geopos',
      [key, ...list('members', members)],
      FIRST_KEY,
      (raw: (RawPosition | null)[]): (GeoPosition | null)[] => raw.map(it => it && position(it)),
    )
  }

  /**
   * The members inside an area around a member or a position.
   *
   * @example
   * const centre = { longitude: 15, latitude: 37 }
   * await redis.geosearch('cities', centre, { radius: 200, unit: 'km' })                     // ['Palermo', …]
   * await redis.geosearch('cities', 'Palermo', { width: 400, height: 400, unit: 'km' }, { withDist: true, sort: 'asc' })
   * await redis.geosearch('cities', 'FROMLONLAT', 15, 37, 'BYRADIUS', 200, 'km')             // as Redis sends it
   */
  geosearch<const Options extends GeoSearchOptions = Record<never, never>>(
    key: Key,
    from: Value | GeoPosition,
    area: GeoArea,
    options?: Options,
  ): Returns<M, GeoReply<Options>>
  geosearch<Reply = unknown[]>(key: Key, ...positional: Value[]): Returns<M, Reply>
  geosearch(key: Key, ...given: unknown[]): Returns<M, never> {
    const [from, area, options = {}] = given
    if (!isOptions(area)) return this.send('geosearch', [key, ...(given as Value[])], FIRST_KEY)
    const args = [key, ...around(from, area), ...searchOptions(options, SEARCH)]
    return this.send('geosearch', args, FIRST_KEY, found(options as GeoSearchOptions) as never)
  }

  /** Store what a search finds at `destination`, a sorted set; resolves with how many members. */
  geosearchstore(
    destination: Key,
    source: Key,
    from: Value | GeoPosition,
    area: GeoArea,
    options?: GeoStoreOptions,
  ): Returns<M, number>
  geosearchstore(destination: Key, source: Key, ...positional: Value[]): Returns<M, number>
  geosearchstore(destination: Key, source: Key, ...given: unknown[]): Returns<M, number> {
    const [from, area, options = {}] = given
    const search = isOptions(area)
      ? [...around(from, area), ...searchOptions(options, STORE)]
      : (given as Value[])
    return this.send('geosearchstore', [destination, source, ...search], TWO_KEYS)
  }

  /** Redis' old search around a position, in its words (`'WITHDIST'`, `'STORE', key`); prefer `geosearch`. */
  georadius<Reply = unknown[]>(
    key: Key,
    longitude: number | string,
    latitude: number | string,
    radius: number | string,
    unit: GeoUnit,
    ...positional: Value[]
  ) {
    const args = [key, longitude, latitude, radius, unit]
    return this.send<Reply>('georadius', [...args, ...positional], withStores(5, positional))
  }

  /** `georadius` without STORE, which a replica may serve. */
  georadiusRo<Reply = unknown[]>(
    key: Key,
    longitude: number | string,
    latitude: number | string,
    radius: number | string,
    unit: GeoUnit,
    ...positional: Value[]
  ) {
    const args = [key, longitude, latitude, radius, unit, ...positional]
    return this.send<Reply>('georadius_ro', args, FIRST_KEY)
  }

  /** Redis' old search around a member, in its words; prefer `geosearch`. */
  georadiusbymember<Reply = unknown[]>(
    key: Key,
    member: Value,
    radius: number | string,
    unit: GeoUnit,
    ...positional: Value[]
  ) {
    const args = [key, member, radius, unit]
    return this.send<Reply>(
      'georadiusbymember',
      [...args, ...positional],
      withStores(4, positional),
    )
  }

  /** `georadiusbymember` without STORE, which a replica may serve. */
  georadiusbymemberRo<Reply = unknown[]>(
    key: Key,
    member: Value,
    radius: number | string,
    unit: GeoUnit,
    ...positional: Value[]
  ) {
    const args = [key, member, radius, unit, ...positional]
    return this.send<Reply>('georadiusbymember_ro', args, FIRST_KEY)
  }
}

function addArguments(given: readonly unknown[]): Argument[] {
  const [members, options = {}] = given
  if (!isOptions(members) && !Array.isArray(members)) return given as Argument[]
  const all = [members].flat() as GeoMember[]
  if (all.length === 0) return [new Invalid('members', 'must hold at least one')]
  if (!isOptions(options)) return [new Invalid('options', 'must be an object behind the members')]
  return [
    ...encodeOptions(options, ADD),
    ...all.flatMap(it => [...degrees(it), it.member as Argument]),
  ]
}

const degrees = (at: Partial<GeoPosition>): Argument[] => [
  anyNumber('longitude', at.longitude),
  anyNumber('latitude', at.latitude),
]

const unitOf = (unit: unknown): Argument =>
  typeof unit === 'string' && UNITS.has(unit.toLowerCase())
    ? unit
    : new Invalid('unit', "must be 'm', 'km', 'mi' or 'ft'")

function around(from: unknown, area: Record<string, unknown>): Argument[] {
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
function searchOptions(options: unknown, table: OptionTable): Argument[] {
  if (!isOptions(options)) return [new Invalid('options', 'must be an object')]
  const { sort, count, any, ...rest } = options
  if (any && count === undefined) return [new Invalid('any', 'needs count')]
  return encodeOptions({ sort, count, any, ...rest }, table)
}

/** The key itself, and those behind STORE and STOREDIST. */
function withStores(offset: number, words: readonly Value[]): number[] {
  const keys = [0]
  for (let i = 0; i < words.length; i++) {
    const word = String(words[i]).toUpperCase()
    if (word === 'COUNT') i++
    else if ((word === 'STORE' || word === 'STOREDIST') && i + 1 < words.length)
      keys.push(offset + ++i)
  }
  return keys
}

const position = ([longitude, latitude]: RawPosition): GeoPosition => ({
  longitude: Number(String(longitude)),
  latitude: Number(String(latitude)),
})

/** Redis sends the distance, the hash and the position in this order, each if it was asked for. */
function found(options: GeoSearchOptions): Decode<unknown[]> | undefined {
  const { withDist, withHash, withCoord } = options
  if (!withDist && !withHash && !withCoord) return undefined
  return (raw: [member: string, ...more: unknown[]][]) =>
    raw.map(([member, ...more]) => ({
      member,
      ...(withDist && { distance: Number(String(more.shift())) }),
      ...(withHash && { hash: Number(more.shift()) }),
      ...(withCoord && position(more.shift() as RawPosition)),
    }))
}
