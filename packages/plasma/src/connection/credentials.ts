import { Cluster, type Redis } from 'ioredis'

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

/** ioredis looks at the condition of a connection that is on its way; it makes one only when it connects. */
function standIn(instance: object): void {
  const redis = instance as { condition?: object; options: { db?: number } }
  redis.condition ??= { select: redis.options.db ?? 0, subscriber: false, handshake: false }
}
