import type { Cluster, Server } from '../client/cluster.js'
import { Feed, type FeedListener } from './feed.js'

type Connection = Cluster | Server

/** What a near cache listens to at a connection; any number of them may. */
const LISTENERS = 2

/** What happens to the feeds together. */
export interface ServersListener {
  /** What was known may be wrong. */
  reset(): void
  changed: FeedListener['changed']
  refused: FeedListener['refused']
}

/** A feed for each server that reads may go to, replicas included: one of them may be promoted without a word. */
export class Servers {
  readonly #listener: ServersListener
  readonly #feeds = new Map<Server, Feed>()
  #source: Connection | undefined
  #prefixes: readonly string[] = []
  #live = false

  constructor(listener: ServersListener) {
    this.#listener = listener
  }

  /** Is every change told? */
  get live(): boolean {
    return this.#live
  }

  /** Listen to the servers of this connection, and no other's; cheap when that is the case. */
  follow(source: Connection, prefixes: () => readonly string[]): void {
    if (source === this.#source || source.status === 'end') return
    this.close()
    this.#source = source
    this.#prefixes = prefixes()
    source.setMaxListeners(source.getMaxListeners() + LISTENERS)
    source.on('end', this.#end)
    if (isCluster(source)) {
      source.on('+node', this.#add)
      source.on('-node', this.#remove)
      for (const node of source.nodes('all')) this.#add(node)
    } else this.#listen(source, true)
  }

  close(): void {
    const source = this.#source
    this.#source = undefined
    source?.setMaxListeners(Math.max(0, source.getMaxListeners() - LISTENERS))
    source?.off('end', this.#end)
    if (source && isCluster(source)) {
      source.off('+node', this.#add)
      source.off('-node', this.#remove)
    }
    for (const feed of this.#feeds.values()) feed.close()
    this.#feeds.clear()
    this.#update()
  }

  readonly #end = () => this.close()

  readonly #add = (node: Server) => this.#listen(node, false)

  readonly #remove = (node: Server) => {
    this.#feeds.get(node)?.close()
    this.#feeds.delete(node)
    this.#update()
  }

  #listen(server: Server, moves: boolean): void {
    if (this.#feeds.has(server)) return
    const { changed, refused } = this.#listener
    const update = () => this.#update()
    const feed = new Feed(server, this.#prefixes, moves, {
      up: update,
      down: update,
      changed,
      refused,
    })
    this.#feeds.set(server, feed)
    this.#update()
  }

  /** Whatever came or went: what was read before may have changed unnoticed. */
  #update(): void {
    this.#live = this.#feeds.size > 0 && [...this.#feeds.values()].every(feed => feed.isUp)
    this.#listener.reset()
  }
}

const isCluster = (connection: Connection): connection is Cluster => 'nodes' in connection
