import type { Diagnostics } from '../../../src/commands/diagnostics.js'
import { type Rows, row } from './row.js'

export const diagnostics: Rows<Diagnostics<never>> = {
  memoryUsage: [
    row(c => c.memoryUsage('k'), 'memory USAGE p:k'),
    row(c => c.memoryUsage('k', { samples: 0 }), 'memory USAGE p:k SAMPLES 0'),
  ],
  memoryStats: [row(c => c.memoryStats(), 'memory STATS')],
  memoryDoctor: [row(c => c.memoryDoctor(), 'memory DOCTOR')],
  memoryMallocStats: [row(c => c.memoryMallocStats(), 'memory MALLOC-STATS')],
  memoryPurge: [row(c => c.memoryPurge(), 'memory PURGE')],
  memory: [
    row(c => c.memory('usage', 'k', 'SAMPLES', 5), 'memory usage p:k SAMPLES 5'),
    row(c => c.memory('DOCTOR'), 'memory DOCTOR'),
  ],
  latencyLatest: [row(c => c.latencyLatest(), 'latency LATEST')],
  latencyHistory: [row(c => c.latencyHistory('command'), 'latency HISTORY command')],
  latencyReset: [
    row(c => c.latencyReset(), 'latency RESET'),
    row(c => c.latencyReset('command', 'fork'), 'latency RESET command fork'),
  ],
  latencyDoctor: [row(c => c.latencyDoctor(), 'latency DOCTOR')],
  latencyGraph: [row(c => c.latencyGraph('command'), 'latency GRAPH command')],
  latencyHistogram: [row(c => c.latencyHistogram('get', 'set'), 'latency HISTOGRAM get set')],
  latency: [row(c => c.latency('LATEST'), 'latency LATEST')],
  slowlogGet: [
    row(c => c.slowlogGet(), 'slowlog GET'),
    row(c => c.slowlogGet(-1), 'slowlog GET -1'),
  ],
  slowlogLen: [row(c => c.slowlogLen(), 'slowlog LEN')],
  slowlogReset: [row(c => c.slowlogReset(), 'slowlog RESET')],
  slowlog: [row(c => c.slowlog('GET', 2), 'slowlog GET 2')],
}
