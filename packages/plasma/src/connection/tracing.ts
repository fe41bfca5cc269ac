import { channel } from 'node:diagnostics_channel'

const CHANNELS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map(event =>
  channel(`tracing:ioredis:command:${event}`),
)

/** Does somebody trace commands through the channels of ioredis? */
export const isTraced = (): boolean => CHANNELS.some(it => it.hasSubscribers)
