import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy in front of a server, which misbehaves on demand. */
export interface FaultProxy {
  readonly port: number
  /** Drop every connection. */
  cut(): void
  /** Replies arrive in pieces of at most `bytes`; 0 leaves them whole. */
  fragment(bytes: number): void
  /** Replies arrive `ms` later. */
  setDelay(ms: number): void
  /** Drop every connection, and new ones as they come. */
  refuse(): void
  /** Take connections again. */
  accept(): void
  /** Idempotent. */
  stop(): Promise<void>
}

/** Start a proxy on a free port of loopback. */
export async function startProxy(
  targetPort: number,
  targetHost = '127.0.0.1',
): Promise<FaultProxy> {
  const faults = { pieceBytes: 0, delayMs: 0, refusing: false }
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, client => {
    if (faults.refusing) return void client.destroy()
    const target = connect({ host: targetHost, port: targetPort, noDelay: true })
    for (const socket of [client, target]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    }
    // Both ends are told by 'close', which follows every error.
    client.on('error', () => undefined).on('close', () => target.destroy())
    target.on('error', () => undefined)
    client.pipe(target)
    let sent: Promise<void> = Promise.resolve()
    target.on('data', chunk => {
      const due = performance.now() + faults.delayMs
      // A client that hung up meanwhile takes nothing any more; 'close' tells.
      sent = sent.then(() => forward(chunk, client, due, faults.pieceBytes)).catch(() => undefined)
    })
    target.on('close', () => {
      sent = sent.then(() => void client.destroy())
    })
  })
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server),
    cut,
    fragment: bytes => {
      faults.pieceBytes = bytes
    },
    setDelay: ms => {
      faults.delayMs = ms
    },
    refuse: () => {
      faults.refusing = true
      cut()
    },
    accept: () => {
      faults.refusing = false
    },
    stop: async () => {
      cut()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
}

async function forward(chunk: Buffer, to: Socket, due: number, pieceBytes: number): Promise<void> {
  const waitMs = due - performance.now()
  if (waitMs > 0) await new Promise(resolve => setTimeout(resolve, waitMs))
  const size = pieceBytes > 0 ? pieceBytes : chunk.length
  for (let at = 0; at < chunk.length && !to.destroyed; at += size) {
    if (!to.write(chunk.subarray(at, at + size)))
      await Promise.race([once(to, 'drain'), once(to, 'close')])
    // Written in one turn of the event loop, the pieces would travel as one.
    if (pieceBytes > 0) await new Promise(resolve => setImmediate(resolve))
  }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return address.port
}
