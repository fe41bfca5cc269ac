import { RedisConfigError } from '../errors.js'
import { numeric, refuse, secret } from './checks.js'
import type { ConnectionConfig } from './types.js'

/**
 * What a URL says, as options.
 *
 * @throws RedisConfigError for a URL that says what an option says too
 */
export function fromUrl(url: string, options: ConnectionConfig, path: string): ConnectionConfig {
  if (!URL.canParse(url))
    throw new RedisConfigError(`${path}.url`, 'is no URL; write redis://host:6379')
  const { protocol, hostname, port, username, password, pathname } = new URL(url)
  if (!/^(redis|valkey)s?:$/.test(protocol))
    throw new RedisConfigError(
      `${path}.url`,
      `must start with redis:// or rediss://, not ${protocol}//`,
    )
  if (password && options.password)
    throw new RedisConfigError(`${path}.password`, 'is in the url as well')
  const db = pathname.slice(1)
  refuse(
    `${path}.url`,
    db === ''
      ? undefined
      : numeric(0, Number.MAX_SAFE_INTEGER)(db)?.replace('must', 'database must'),
  )
  if (db !== '' && options.db !== undefined)
    throw new RedisConfigError(`${path}.db`, 'is in the url as well')
  refuse(`${path}.url`, secret(decodeURIComponent(password)))
  return {
    host: hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: port || 6379,
    username: username ? decodeURIComponent(username) : options.username,
    password: password ? decodeURIComponent(password) : options.password,
    db: db === '' ? options.db : db,
    tls: options.tls ?? (protocol === 'rediss:' || protocol === 'valkeys:'),
  }
}
