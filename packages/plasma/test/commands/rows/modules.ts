import type { Modules } from '../../../src/commands/modules.js'
import { type Rows, row } from './row.js'

export const modules: Rows<Modules<never>> = {
  moduleList: [row(c => c.moduleList(), 'module LIST')],
  moduleLoad: [row(c => c.moduleLoad('/m.so', 'a', 1), 'module LOAD /m.so a 1')],
  moduleLoadEx: [
    row(
      c => c.moduleLoadEx('/m.so', { args: ['a'], config: { x: 1, y: 'z' } }),
      'module LOADEX /m.so CONFIG x 1 CONFIG y z ARGS a',
    ),
  ],
  moduleUnload: [row(c => c.moduleUnload('m'), 'module UNLOAD m')],
  module: [row(c => c.module('LIST'), 'module LIST')],
}
