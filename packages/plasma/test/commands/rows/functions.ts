import type { Functions } from '../../../src/commands/functions.js'
import { type Rows, row } from './row.js'

export const functions: Rows<Functions<never>> = {
  fcall: [row(c => c.fcall('f', 1, 'k', 'v'), 'fcall f 1 p:k v')],
  fcallRo: [row(c => c.fcallRo('f', 2, 'a', 'b'), 'fcall_ro f 2 p:a p:b')],
  functionLoad: [
    row(c => c.functionLoad('#!lua'), 'function LOAD #!lua'),
    row(c => c.functionLoad('#!lua', { replace: true }), 'function LOAD REPLACE #!lua'),
  ],
  functionList: [
    row(c => c.functionList(), 'function LIST'),
    row(
      c => c.functionList({ library: 'shop*', withCode: true }),
      'function LIST LIBRARYNAME shop* WITHCODE',
    ),
  ],
  functionDelete: [row(c => c.functionDelete('shop'), 'function DELETE shop')],
  functionFlush: [row(c => c.functionFlush('sync'), 'function FLUSH SYNC')],
  functionDump: [row(c => c.functionDump(), 'function DUMP')],
  functionRestore: [
    row(c => c.functionRestore(Buffer.from('x')), 'function RESTORE x'),
    row(c => c.functionRestore(Buffer.from('x'), 'replace'), 'function RESTORE x REPLACE'),
  ],
  functionStats: [row(c => c.functionStats(), 'function STATS')],
  functionKill: [row(c => c.functionKill(), 'function KILL')],
  function: [row(c => c.function('LOAD', 'REPLACE', '#!lua'), 'function LOAD REPLACE #!lua')],
}
