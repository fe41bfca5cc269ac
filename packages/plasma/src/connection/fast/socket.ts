import { createConnection, type Socket } from 'node:net'

/** What is used of ioredis' connector of a single server. */
export interface Connector {
  connecting?: boolean
  stream?: Socket
  firstError?: Error
  options?: Address & { tls?: unknown }
}

interface Address {
  path?: string
  host?: string
  port?: number
  family?: number
}

const BUFFER_BYTES = 64 * 1_024

/** Does the connector open a plain TCP or Unix socket to a known address, on a runtime that can read into a buffer? */
export const opensPlainSocket = (connector: Connector): boolean =>
  connector.constructor.name === 'StandaloneConnector' &&
  connector.options !== undefined &&
  !connector.options.tls &&
  process.versions.bun === undefined

/**
 * Open the connector's socket as ioredis does, but read into one buffer again and again: nothing is allocated
 * and no stream machinery runs for a chunk. It emits no `data`; `onBytes` may use the bytes until it returns.
 *
 * @returns as ioredis does: before it is connected, in the next tick
 */
export async function openPlainSocket(
  connector: Connector,
  onBytes: (bytes: Buffer) => void,
): Promise<Socket> {
  connector.connecting = true
  await new Promise(resolve => process.nextTick(resolve))
  if (!connector.connecting) throw new Error('Connection is closed.')
  const { path, host = 'localhost', port = 6379, family } = connector.options as Address
  const address = path ? { path } : { host, port, ...(family ? { family } : {}) }
  const onread = {
    buffer: Buffer.allocUnsafe(BUFFER_BYTES),
    callback: (length: number, buffer: Uint8Array) => {
      onBytes((buffer as Buffer).subarray(0, length) as Buffer)
      return true
    },
  }
  const socket = createConnection({ ...address, onread })
  connector.stream = socket
  socket.once('error', error => {
    connector.firstError = error
  })
  return socket
}
