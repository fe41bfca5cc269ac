import type { Geo } from '../../../src/commands/geo.js'
import { type Rows, row } from './row.js'

const at = { longitude: 13.5, latitude: -38 }
const palermo = { member: 'palermo', ...at }

export const geo: Rows<Geo<never>> = {
  geoadd: [
    row(c => c.geoadd('k', palermo), 'geoadd p:k 13.5 -38 palermo'),
    row(
      c =>
        c.geoadd('k', [palermo, { member: 'b', longitude: 1, latitude: 2 }], {
          nx: true,
          ch: true,
        }),
      'geoadd p:k NX CH 13.5 -38 palermo 1 2 b',
    ),
    row(c => c.geoadd('k', 13.5, '-38', 'palermo'), 'geoadd p:k 13.5 -38 palermo'),
    row(c => c.geoadd('k', 'XX', 1, 2, 'a', 3, 4, 'b'), 'geoadd p:k XX 1 2 a 3 4 b'),
  ],
  geodist: [
    row(c => c.geodist('k', 'a', 'b'), 'geodist p:k a b m'),
    row(c => c.geodist('k', 'a', 'b', 'km'), 'geodist p:k a b km'),
  ],
  geohash: [row(c => c.geohash('k', 'a', 'b'), 'geohash p:k a b')],
  geopos: [row(c => c.geopos('k', ['a', 'b']), 'geopos p:k a b')],
  geosearch: [
    row(c => c.geosearch('k', 'a', { radius: 5 }), 'geosearch p:k FROMMEMBER a BYRADIUS 5 m'),
    row(
      c =>
        c.geosearch(
          'k',
          at,
          { width: 4, height: 2.5, unit: 'mi' },
          {
            withHash: true,
            withDist: true,
            withCoord: true,
            any: true,
            count: 3,
            sort: 'desc',
          },
        ),
      'geosearch p:k FROMLONLAT 13.5 -38 BYBOX 4 2.5 mi DESC COUNT 3 ANY WITHHASH WITHDIST WITHCOORD',
    ),
    row(
      c => c.geosearch('k', 'FROMLONLAT', 15, 37, 'BYRADIUS', 200, 'km', 'ASC'),
      'geosearch p:k FROMLONLAT 15 37 BYRADIUS 200 km ASC',
    ),
  ],
  geosearchstore: [
    row(
      c => c.geosearchstore('d', 's', at, { radius: 9, unit: 'ft' }, { storeDist: true, count: 2 }),
      'geosearchstore p:d p:s FROMLONLAT 13.5 -38 BYRADIUS 9 ft COUNT 2 STOREDIST',
    ),
    row(
      c => c.geosearchstore('d', 's', 'FROMMEMBER', 'a', 'BYRADIUS', 1, 'km'),
      'geosearchstore p:d p:s FROMMEMBER a BYRADIUS 1 km',
    ),
  ],
  georadius: [
    row(c => c.georadius('k', 1, 2, 3, 'km', 'WITHDIST'), 'georadius p:k 1 2 3 km WITHDIST'),
    row(
      c => c.georadius('k', 1, 2, 3, 'km', 'COUNT', 5, 'store', 'd', 'ASC'),
      'georadius p:k 1 2 3 km COUNT 5 store p:d ASC',
    ),
    row(
      c => c.georadius('k', 1, 2, 3, 'km', 'STOREDIST', 'STORE'),
      'georadius p:k 1 2 3 km STOREDIST p:STORE',
    ),
  ],
  georadiusRo: [
    row(c => c.georadiusRo('k', 1, 2, 3, 'm', 'DESC'), 'georadius_ro p:k 1 2 3 m DESC'),
  ],
  georadiusbymember: [
    row(
      c => c.georadiusbymember('k', 'STORE', 3, 'km', 'STORE', 'd'),
      'georadiusbymember p:k STORE 3 km STORE p:d',
    ),
    row(c => c.georadiusbymember('k', 'a', 3, 'km', 'STORE'), 'georadiusbymember p:k a 3 km STORE'),
  ],
  georadiusbymemberRo: [
    row(
      c => c.georadiusbymemberRo('k', 'a', 3, 'km', 'WITHCOORD'),
      'georadiusbymember_ro p:k a 3 km WITHCOORD',
    ),
  ],
}
