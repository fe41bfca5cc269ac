import type { CommandTable } from '../../../src/commands/command-table.js'
import { type Rows, row } from './row.js'

export const commandTable: Rows<CommandTable<never>> = {
  commandCount: [row(c => c.commandCount(), 'command COUNT')],
  commandList: [
    row(c => c.commandList(), 'command LIST'),
    row(c => c.commandList({ aclCat: 'hash' }), 'command LIST FILTERBY ACLCAT hash'),
    row(c => c.commandList({ pattern: 'x*' }), 'command LIST FILTERBY PATTERN x*'),
    row(c => c.commandList({ module: 'm' }), 'command LIST FILTERBY MODULE m'),
  ],
  commandInfo: [row(c => c.commandInfo('get', 'config|get'), 'command INFO get config|get')],
  commandDocs: [row(c => c.commandDocs('get'), 'command DOCS get')],
  commandGetKeys: [row(c => c.commandGetKeys('get', 'k'), 'command GETKEYS get k')],
  commandGetKeysAndFlags: [
    row(c => c.commandGetKeysAndFlags('get', 'k'), 'command GETKEYSANDFLAGS get k'),
  ],
  command: [row(c => c.command('COUNT'), 'command COUNT')],
}
