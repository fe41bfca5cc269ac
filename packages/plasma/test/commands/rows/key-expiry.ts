import type { KeyExpiry } from '../../../src/commands/key-expiry.js'
import { type Rows, row } from './row.js'

export const keyExpiry: Rows<KeyExpiry<never>> = {
  expire: [
    row(c => c.expire('k', 10, { gt: true }), 'expire p:k 10 GT'),
    row(c => c.expire('k', -1), 'expire p:k -1'),
    row(c => c.expire('k', 10, 'NX'), 'expire p:k 10 NX'),
  ],
  pexpire: [row(c => c.pexpire('k', 10, { xx: true }), 'pexpire p:k 10 XX')],
  expireat: [row(c => c.expireat('k', 10), 'expireat p:k 10')],
  pexpireat: [row(c => c.pexpireat('k', 10), 'pexpireat p:k 10')],
  expiretime: [row(c => c.expiretime('k'), 'expiretime p:k')],
  pexpiretime: [row(c => c.pexpiretime('k'), 'pexpiretime p:k')],
  ttl: [row(c => c.ttl('k'), 'ttl p:k')],
  pttl: [row(c => c.pttl('k'), 'pttl p:k')],
  persist: [row(c => c.persist('k'), 'persist p:k')],
}
