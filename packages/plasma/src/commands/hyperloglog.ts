import { ALL_KEYS, FIRST_KEY, type Key, list, type Value } from './arguments.js'
import { ok } from './replies.js'
import { type Mode, Sender } from './sender.js'

export abstract class HyperLogLogs<M extends Mode> extends Sender<M> {
  /** Count elements; resolves with 1 when the estimate changed. Without elements it only creates the counter. */
  pfadd(key: Key, ...elements: (Value | readonly Value[])[]) {
    return this.send<0 | 1>('pfadd', [key, ...(elements.flat() as Value[])], FIRST_KEY)
  }

  /** About how many different elements were counted, in all the counters together (0.81 % standard error). */
  pfcount(...keys: (Key | readonly Key[])[]) {
    return this.send<number>('pfcount', list('keys', keys), ALL_KEYS)
  }

  /** Merge counters into `destination`, which keeps its own elements. */
  pfmerge(destination: Key, ...sources: (Key | readonly Key[])[]) {
    return this.send<'OK'>('pfmerge', [destination, ...(sources.flat() as Key[])], ALL_KEYS, ok)
  }
}
