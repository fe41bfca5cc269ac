import { makeCertificates } from './certificates.js'
import { onFreePort } from './ports.js'
import { type RedisServer, startRedis } from './server.js'

/** A server that speaks TLS only, with what its clients need; all certificates and keys are PEM. */
export interface TlsRedis extends Omit<RedisServer, 'url'> {
  /** Of the form rediss://127.0.0.1:port. */
  readonly url: string
  /** The authority that signed both sides; the server's names are localhost, redis.test and 127.0.0.1. */
  readonly ca: string
  readonly cert: string
  readonly key: string
  /** Another authority, which the server does not trust, and a client's certificate that it signed. */
  readonly wrongCa: string
  readonly wrongCert: string
  readonly wrongKey: string
}

/** Start a TLS server with fresh certificates; with `clientCertificates` it takes only clients that show one. */
export async function startTlsRedis({ clientCertificates = false } = {}): Promise<TlsRedis> {
  const { ca, server: own, client } = makeCertificates()
  const wrong = makeCertificates()
  const server = await onFreePort(port =>
    startRedis({
      port,
      files: { 'ca.crt': ca, 'server.crt': own.cert, 'server.key': own.key },
      args: [
        ['--port', '0', '--tls-port', String(port)],
        ['--tls-cert-file', 'server.crt', '--tls-key-file', 'server.key'],
        ['--tls-ca-cert-file', 'ca.crt'],
        ['--tls-auth-clients', clientCertificates ? 'yes' : 'no'],
      ].flat(),
    }),
  )
  return {
    host: server.host,
    port: server.port,
    url: `rediss://${server.host}:${server.port}`,
    get pid() {
      return server.pid
    },
    ca,
    ...client,
    wrongCa: wrong.ca,
    wrongCert: wrong.client.cert,
    wrongKey: wrong.client.key,
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: () => server.restart(),
    pause: () => server.pause(),
    resume: () => server.resume(),
  }
}
