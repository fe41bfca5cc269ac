import {
  Cluster,
  type ClusterNode,
  type ClusterOptions,
  type Redis,
  type RedisOptions,
} from 'ioredis'

/** Gives the password of the moment. */
export type PasswordSource = () => string | Promise<string>

/**
 * Ask for the password before each connection, reconnections and the nodes of a Cluster included. A source that fails
 * is reported; the last password is tried again, and without one the connection ends.
 */
export function authenticateWith(instance: Redis | Cluster, source: PasswordSource): void {
  let password: string | undefined
  const follow = (options: object) =>
    Object.defineProperty(options, 'password', {
      get: () => password,
      set() {},
      enumerable: true,
      configurable: true,
    })
  const renewBefore = (it: Redis | Cluster) => {
    const connect = it.connect.bind(it)
    let renewing: Promise<void> | undefined
    it.connect = () => {
      standIn(it)
      renewing ??= Promise.resolve()
        .then(source)
        .then(
          current => {
            password = current
            return connect()
          },
          error => {
            it.emit('error', error)
            if (password !== undefined) return connect()
            it.disconnect()
            throw error
          },
        )
        .finally(() => {
          renewing = undefined
        })
      return renewing
    }
  }
  renewBefore(instance)
  copiesRenew(instance, source)
  if (!(instance instanceof Cluster)) {
    follow(instance.options)
    return
  }
  const { redisOptions } = instance.options
  if (redisOptions) follow(redisOptions)
  instance.on('+node', (node: Redis) => {
    follow(node.options)
    renewBefore(node)
  })
}

/** Copies that a library makes of the instance ask as well; ioredis would give them the password of the moment. */
function copiesRenew(instance: Redis | Cluster, source: PasswordSource): void {
  if (instance instanceof Cluster) {
    const duplicate = instance.duplicate.bind(instance)
    instance.duplicate = ((nodes?: ClusterNode[], changes: ClusterOptions = {}) => {
      if (changes.redisOptions?.password !== undefined) return duplicate(nodes, changes)
      // An object of its own, for the password of each copy is a property of it.
      const redisOptions = { ...instance.options.redisOptions, ...changes.redisOptions }
      const copy = duplicate(nodes, { ...changes, redisOptions, lazyConnect: true })
      return renewing(copy, source, changes.lazyConnect ?? instance.options.lazyConnect)
    }) as Cluster['duplicate']
    return
  }
  const duplicate = instance.duplicate.bind(instance)
  instance.duplicate = ((changes: Partial<RedisOptions> = {}) => {
    if (changes.password !== undefined) return duplicate(changes)
    const copy = duplicate({ ...changes, lazyConnect: true })
    return renewing(copy, source, changes.lazyConnect ?? instance.options.lazyConnect)
  }) as Redis['duplicate']
}

/** A copy that was made lazy, so that it asks before it connects for the first time. */
function renewing<Copy extends Redis | Cluster>(
  copy: Copy,
  source: PasswordSource,
  isLazy = false,
): Copy {
  authenticateWith(copy, source)
  if (!isLazy) copy.connect().catch(() => undefined)
  return copy
}

/** ioredis looks at the condition of a connection that is on its way; it makes one only when it connects. */
function standIn(instance: object): void {
  const redis = instance as { condition?: object; options: { db?: number } }
  redis.condition ??= { select: redis.options.db ?? 0, subscriber: false, handshake: false }
}
