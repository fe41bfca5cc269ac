import type { Clients } from '../../../src/commands/clients.js'
import { type Rows, row } from './row.js'

export const clients: Rows<Clients<never>> = {
  auth: [row(c => c.auth('s'), 'auth s'), row(c => c.auth('u', 's'), 'auth u s')],
  clientId: [row(c => c.clientId(), 'client ID')],
  clientInfo: [row(c => c.clientInfo(), 'client INFO')],
  clientList: [
    row(c => c.clientList(), 'client LIST'),
    row(c => c.clientList({ type: 'replica' }), 'client LIST TYPE REPLICA'),
    row(c => c.clientList({ ids: [1, 2] }), 'client LIST ID 1 2'),
  ],
  clientGetName: [row(c => c.clientGetName(), 'client GETNAME')],
  clientSetName: [row(c => c.clientSetName('me'), 'client SETNAME me')],
  clientSetInfo: [row(c => c.clientSetInfo('lib-name', 'x'), 'client SETINFO LIB-NAME x')],
  clientKill: [
    row(c => c.clientKill('127.0.0.1:6379'), 'client KILL 127.0.0.1:6379'),
    row(
      c =>
        c.clientKill({
          id: 1,
          type: 'normal',
          user: 'u',
          addr: 'a:1',
          laddr: 'b:2',
          maxAge: 9,
          skipMe: false,
        }),
      'client KILL ID 1 TYPE NORMAL USER u ADDR a:1 LADDR b:2 MAXAGE 9 SKIPME NO',
    ),
  ],
  clientPause: [
    row(c => c.clientPause(9), 'client PAUSE 9'),
    row(c => c.clientPause(9, 'write'), 'client PAUSE 9 WRITE'),
  ],
  clientUnpause: [row(c => c.clientUnpause(), 'client UNPAUSE')],
  clientNoEvict: [row(c => c.clientNoEvict(true), 'client NO-EVICT ON')],
  clientNoTouch: [row(c => c.clientNoTouch(false), 'client NO-TOUCH OFF')],
  clientUnblock: [
    row(c => c.clientUnblock(7), 'client UNBLOCK 7'),
    row(c => c.clientUnblock(7, 'error'), 'client UNBLOCK 7 ERROR'),
  ],
  clientTracking: [
    row(c => c.clientTracking(false), 'client TRACKING OFF'),
    row(
      c =>
        c.clientTracking(true, {
          redirect: 7,
          prefixes: ['user:', 'order:'],
          bcast: true,
          noLoop: true,
        }),
      'client TRACKING ON REDIRECT 7 BCAST NOLOOP PREFIX p:user: PREFIX p:order:',
    ),
    row(c => c.clientTracking(true, { optIn: true }), 'client TRACKING ON OPTIN'),
  ],
  clientTrackingInfo: [row(c => c.clientTrackingInfo(), 'client TRACKINGINFO')],
  clientCaching: [row(c => c.clientCaching(true), 'client CACHING YES')],
  clientGetRedir: [row(c => c.clientGetRedir(), 'client GETREDIR')],
  client: [row(c => c.client('ID'), 'client ID')],
}
