import type { Acl } from '../../../src/commands/acl.js'
import { type Rows, row } from './row.js'

export const acl: Rows<Acl<never>> = {
  aclList: [row(c => c.aclList(), 'acl LIST')],
  aclUsers: [row(c => c.aclUsers(), 'acl USERS')],
  aclGetUser: [row(c => c.aclGetUser('u'), 'acl GETUSER u')],
  aclSetUser: [
    row(c => c.aclSetUser('u', 'on', '~*', '+@read'), 'acl SETUSER u on ~* +@read'),
    row(c => c.aclSetUser('u', ['on', 'nopass']), 'acl SETUSER u on nopass'),
  ],
  aclDelUser: [row(c => c.aclDelUser('a', 'b'), 'acl DELUSER a b')],
  aclWhoami: [row(c => c.aclWhoami(), 'acl WHOAMI')],
  aclCat: [row(c => c.aclCat(), 'acl CAT'), row(c => c.aclCat('read'), 'acl CAT read')],
  aclLog: [row(c => c.aclLog(), 'acl LOG'), row(c => c.aclLog(3), 'acl LOG 3')],
  aclLogReset: [row(c => c.aclLogReset(), 'acl LOG RESET')],
  aclGenPass: [
    row(c => c.aclGenPass(), 'acl GENPASS'),
    row(c => c.aclGenPass(128), 'acl GENPASS 128'),
  ],
  aclDryRun: [row(c => c.aclDryRun('u', 'get', 'k'), 'acl DRYRUN u get k')],
  aclLoad: [row(c => c.aclLoad(), 'acl LOAD')],
  aclSave: [row(c => c.aclSave(), 'acl SAVE')],
  acl: [row(c => c.acl('WHOAMI'), 'acl WHOAMI')],
}
