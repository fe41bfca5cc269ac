import { FIRST_KEY, KeyPattern, type Keys, NO_KEYS, type Value } from './arguments.js'
import { unprefixed, withoutPrefix } from './replies.js'
import { type Mode, Sender } from './sender.js'

const BEHIND_SUBCOMMAND: Keys = { first: 1, last: -1, step: 1 }

/** Publishing and asking about channels; to listen, see `subscribe` of the client. Channels carry the key prefix. */
export abstract class PubSub<M extends Mode> extends Sender<M> {
  /** Send `message` to the channel's subscribers; resolves with how many there are on this server. */
  publish(channel: string, message: Value) {
    return this.send<number>('publish', [channel, message], FIRST_KEY)
  }

  /** Like `publish` for a sharded channel (Redis 7), which lives on one shard of a Cluster. */
  spublish(channel: string, message: Value) {
    return this.send<number>('spublish', [channel, message], FIRST_KEY)
  }

  /** Channels with at least one subscriber that match the glob. */
  pubsubChannels(glob = '*') {
    return this.send('pubsub', ['CHANNELS', new KeyPattern(glob)], NO_KEYS, unprefixed)
  }

  /** How many subscribers each channel has, patterns not counted. */
  pubsubNumsub(...channels: string[]) {
    return this.send('pubsub', ['NUMSUB', ...channels], BEHIND_SUBCOMMAND, counts)
  }

  /** Sharded channels with at least one subscriber that match the glob. */
  pubsubShardchannels(glob = '*') {
    return this.send('pubsub', ['SHARDCHANNELS', new KeyPattern(glob)], NO_KEYS, unprefixed)
  }

  /** How many subscribers each sharded channel has. */
  pubsubShardnumsub(...channels: string[]) {
    return this.send('pubsub', ['SHARDNUMSUB', ...channels], BEHIND_SUBCOMMAND, counts)
  }

  /** How many patterns clients are subscribed to. */
  pubsubNumpat() {
    return this.send<number>('pubsub', ['NUMPAT'], NO_KEYS)
  }
}

function counts(flat: readonly (string | number)[], keyPrefix: string): Record<string, number> {
  const counted: Record<string, number> = {}
  for (let i = 0; i + 1 < flat.length; i += 2) {
    counted[withoutPrefix(String(flat[i]), keyPrefix)] = Number(flat[i + 1])
  }
  return counted
}
