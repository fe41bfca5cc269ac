import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

const TIMEOUT_MS = 3_000
/** Refusals that mean no client could work there; other errors (loading, read-only) pass. */
const REFUSAL = /^-(WRONGPASS|NOAUTH|NOPERM|DENIED|ERR (AUTH|Client sent AUTH|invalid password))/

/**
 * Log in and PING, over plain TCP or TLS; rejects with an error that says what is wrong with REDIS_URL.
 *
 * @param {string} url
 * @returns {Promise<void>}
 */
export function pingRedis(url) {
  const target = parse(url)
  return new Promise((resolve, reject) => {
    const { host, port, secure } = target
    // Whether to trust the certificate is the client's decision; this only asks if a Redis is there.
    const socket = secure
      ? connectTls({ host, port, servername: serverName(host), rejectUnauthorized: false })
      : connect({ host, port })
    const fail = (/** @type {string} */ why) => {
      socket.destroy()
      reject(complaint(`${host}:${port} ${why}`))
    }
    let answer = ''
    socket.setTimeout(TIMEOUT_MS, () => fail(`does not answer within ${TIMEOUT_MS / 1_000} s`))
    socket.once('error', error => fail(`cannot be reached (${reason(error)})`))
    socket.once('close', () => fail('closed the connection without an answer'))
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      socket.write(target.commands.map(encode).join(''))
    })
    socket.on('data', chunk => {
      answer += chunk
      const lines = answer.split('\r\n').slice(0, -1)
      const refusal = lines.find(line => REFUSAL.test(line))
      if (refusal) fail(`refuses: ${refusal.slice(1)}`)
      else if (!/^[+-]/.test(answer)) fail('speaks something else than Redis')
      else if (lines.length === target.commands.length) {
        socket.removeAllListeners('close')
        socket.destroy()
        resolve()
      }
    })
  })
}

/** @param {string} url */
function parse(url) {
  const at = URL.canParse(url) ? new URL(url) : undefined
  if (!at || !/^rediss?:$/.test(at.protocol))
    throw complaint('it is not of the form redis://host:6379 or rediss://host:6379')
  const login = [at.username, at.password].filter(Boolean).map(it => decodeURIComponent(it))
  return {
    host: at.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(at.port || 6379),
    secure: at.protocol === 'rediss:',
    commands: [...(at.password ? [['AUTH', ...login]] : []), ['PING']],
  }
}

const complaint = (/** @type {string} */ why) =>
  new Error(`REDIS_URL is set, but ${why}. Correct it, or unset it to let a server be started.`)

/** A server name may not be an address. @param {string} host */
const serverName = host => (/^[\d.]+$|:/.test(host) ? '' : host)

/** @param {Error & { code?: string }} error */
const reason = error => error.message || error.code || 'connection refused'

/** @param {string[]} words */
const encode = words =>
  `*${words.length}\r\n${words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
