import type { Scripting } from '../../../src/commands/scripting.js'
import { type Rows, row } from './row.js'

export const scripting: Rows<Scripting<never>> = {
  eval: [row(c => c.eval('return 1', 1, 'k', 'v'), 'eval return 1 1 p:k v')],
  evalsha: [row(c => c.evalsha('abc', 0, 'v'), 'evalsha abc 0 v')],
  evalRo: [row(c => c.evalRo('return 1', 1, 'k'), 'eval_ro return 1 1 p:k')],
  evalshaRo: [row(c => c.evalshaRo('abc', 2, 'a', 'b'), 'evalsha_ro abc 2 p:a p:b')],
  script: [row(c => c.script('LOAD', 'return 1'), 'script LOAD return 1')],
  scriptLoad: [row(c => c.scriptLoad('return 1'), 'script LOAD return 1')],
  scriptExists: [
    row(c => c.scriptExists('a', 'b'), 'script EXISTS a b'),
    row(c => c.scriptExists(['a', 'b']), 'script EXISTS a b'),
  ],
  scriptFlush: [
    row(c => c.scriptFlush(), 'script FLUSH'),
    row(c => c.scriptFlush('async'), 'script FLUSH ASYNC'),
  ],
  scriptKill: [row(c => c.scriptKill(), 'script KILL')],
  scriptDebug: [row(c => c.scriptDebug('no'), 'script DEBUG NO')],
}
