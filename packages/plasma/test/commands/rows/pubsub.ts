import type { PubSub } from '../../../src/commands/pubsub.js'
import { type Rows, row } from './row.js'

export const pubsub: Rows<PubSub<never>> = {
  publish: [row(c => c.publish('news', 'hi'), 'publish p:news hi')],
  spublish: [row(c => c.spublish('news', 'hi'), 'spublish p:news hi')],
  pubsubChannels: [row(c => c.pubsubChannels(), 'pubsub CHANNELS p:*')],
  pubsubNumsub: [row(c => c.pubsubNumsub('a', 'b'), 'pubsub NUMSUB p:a p:b')],
  pubsubNumpat: [row(c => c.pubsubNumpat(), 'pubsub NUMPAT')],
  pubsubShardchannels: [row(c => c.pubsubShardchannels('a*'), 'pubsub SHARDCHANNELS p:a*')],
  pubsubShardnumsub: [row(c => c.pubsubShardnumsub('a', 'b'), 'pubsub SHARDNUMSUB p:a p:b')],
}
