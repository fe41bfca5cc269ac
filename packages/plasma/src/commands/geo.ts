import {
  type Argument,
  encodeOptions,
  FIRST_KEY,
  flag,
  Invalid,
  isOptions,
  type Key,
  list,
  TWO_KEYS,
  type Value,
} from './arguments.js'
import {
  around,
  degrees,
  found,
  type GeoArea,
  type GeoMember,
  type GeoPosition,
  type GeoReply,
  type GeoSearchOptions,
  type GeoStoreOptions,
  type GeoUnit,
  position,
  type RawPosition,
  SEARCH,
  STORE,
  searchOptions,
  unitOf,
} from './geo-search.js'
import { type Mode, type Returns, Sender } from './sender.js'

/** `nx` adds only new members, `xx` moves only existing ones, `ch` counts moved members too. */
export type GeoAddOptions = { nx?: boolean; xx?: boolean; ch?: boolean }

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
    return this.send('geosearch', args, FIRST_KEY, found(options) as never)
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
