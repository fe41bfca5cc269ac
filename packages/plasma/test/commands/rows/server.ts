import type { Server } from '../../../src/commands/server.js'
import { type Rows, row } from './row.js'

export const server: Rows<Server<never>> = {
  ping: [row(c => c.ping(), 'ping'), row(c => c.ping('hi'), 'ping hi')],
  echo: [row(c => c.echo('hi'), 'echo hi')],
  time: [row(c => c.time(), 'time')],
  dbsize: [row(c => c.dbsize(), 'dbsize')],
  info: [row(c => c.info('memory'), 'info memory'), row(c => c.info(), 'info')],
  infoOf: [row(c => c.infoOf('memory', 'cpu'), 'info memory cpu')],
  flushdb: [row(c => c.flushdb(), 'flushdb')],
  flushall: [row(c => c.flushall('async'), 'flushall ASYNC')],
  configGet: [row(c => c.configGet('max*'), 'config GET max*')],
  configSet: [row(c => c.configSet({ maxmemory: 0 }), 'config SET maxmemory 0')],
  config: [row(c => c.config('GET', 'maxmemory'), 'config GET maxmemory')],
  swapdb: [row(c => c.swapdb(0, 1), 'swapdb 0 1')],
  configRewrite: [row(c => c.configRewrite(), 'config REWRITE')],
  configResetStat: [row(c => c.configResetStat(), 'config RESETSTAT')],
  debug: [row(c => c.debug('JMAP'), 'debug JMAP')],
  lolwut: [row(c => c.lolwut(), 'lolwut'), row(c => c.lolwut(5, 40, 20), 'lolwut VERSION 5 40 20')],
}
