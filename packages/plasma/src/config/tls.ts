import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { RedisConfigError } from '../errors.js'
import { filled, refuse } from './checks.js'

/** Node's TLS options; each certificate and key as text, or as a file that is read anew for each connection. */
export interface TlsConfig extends ConnectionOptions {
  /** Path of the authorities' certificates (PEM), instead of `ca`. */
  caFile?: string
  /** Path of the client's certificate (PEM), instead of `cert`. */
  certFile?: string
  /** Path of the client's key (PEM), instead of `key`. */
  keyFile?: string
}

const FILES = { caFile: 'ca', certFile: 'cert', keyFile: 'key' } as const

/**
 * Node's options: files become their content, and a certificate is asked for the host, which Node does not derive
 * when the host is given through options.
 *
 * @throws RedisConfigError for a file that cannot be read
 */
export function tlsOptions(
  tls: boolean | TlsConfig | undefined,
  host: string | undefined,
  path: string,
): ConnectionOptions | undefined {
  if (!tls) return undefined
  const { caFile, certFile, keyFile, ...given } = tls === true ? ({} as TlsConfig) : tls
  const options: ConnectionOptions =
    host && isIP(host) === 0 ? { servername: host, ...given } : given
  for (const [name, file] of Object.entries({ caFile, certFile, keyFile })) {
    if (file === undefined) continue
    const target = FILES[name as keyof typeof FILES]
    refuse(`${path}.${name}`, filled(file))
    if (target in given)
      throw new RedisConfigError(`${path}.${name}`, `cannot be combined with ${target}`)
    Object.defineProperty(options, target, {
      get: contentOf(file, `${path}.${name}`),
      enumerable: true,
    })
  }
  return options
}

/** The content of the moment; a file that cannot be read later on leaves the one before. */
function contentOf(file: string, path: string): () => string {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (error) {
    throw new RedisConfigError(path, `cannot be read: ${(error as Error).message}`)
  }
  return () => {
    try {
      content = readFileSync(file, 'utf8')
    } catch {
      // Renamed at this moment, by whoever renews it.
    }
    return content
  }
}
