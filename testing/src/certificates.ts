import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A certificate and its private key, both PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** An authority and what it signed, all PEM. */
export interface Certificates {
  readonly ca: string
  /** For localhost, redis.test and 127.0.0.1. */
  readonly server: Certificate
  readonly client: Certificate
}

/** Make an authority with a server's and a client's certificate, valid for two days; needs openssl. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(path.join(tmpdir(), 'gravito-tls-'))
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8')
  try {
    makeAuthority(folder)
    sign(folder, 'server', 'DNS:localhost,DNS:redis.test,IP:127.0.0.1', 'serverAuth')
    sign(folder, 'client', 'DNS:app', 'clientAuth')
    return {
      ca: read('ca.crt'),
      server: { cert: read('server.crt'), key: read('server.key') },
      client: { cert: read('client.crt'), key: read('client.key') },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const NEW_KEY = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'

function makeAuthority(folder: string): void {
  const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign']
  openssl(
    folder,
    `req -x509 ${NEW_KEY} -days 2 -keyout ca.key -out ca.crt -subj /CN=test-authority`,
    ...extensions.flatMap(it => ['-addext', it]),
  )
}

function sign(folder: string, name: string, names: string, usage: string): void {
  const extensions = `subjectAltName=${names}\nextendedKeyUsage=${usage}\n`
  writeFileSync(path.join(folder, `${name}.ext`), extensions)
  openssl(folder, `req ${NEW_KEY} -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`)
  const authority = '-CA ca.crt -CAkey ca.key -CAcreateserial -days 2'
  openssl(folder, `x509 -req -in ${name}.csr ${authority} -extfile ${name}.ext -out ${name}.crt`)
}

function openssl(folder: string, command: string, ...more: string[]): void {
  try {
    execFileSync('openssl', [...command.split(' '), ...more], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    if (!missing) throw cause
    const advice = 'Install it, for example: sudo apt-get install openssl | brew install openssl.'
    throw new Error(`The certificates are made with openssl, which is not on PATH. ${advice}`, {
      cause,
    })
  }
}
