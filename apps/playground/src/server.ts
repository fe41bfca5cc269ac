import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { UsageError } from './options.js'

/** A server that listens. */
export interface Listening {
  url: string
  /** Ends open streams too. */
  close(): Promise<void>
}

const FIRST_PORT = 3_000
const LAST_PORT = 3_099

/**
 * Listen on loopback, on `port` (0: any) or on the first free one from 3000.
 *
 * @throws UsageError when the port is taken
 */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  port: number | undefined,
): Promise<Listening> {
  for (let at = port ?? FIRST_PORT; ; at++) {
    const server = createAdaptorServer({ fetch }) as Server
    server.listen(at, '127.0.0.1')
    try {
      await once(server, 'listening')
      const { port: actual } = server.address() as AddressInfo
      return { url: `http://localhost:${actual}`, close: () => close(server) }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EACCES')
        throw new UsageError(`Port ${at} needs privileges; choose one above 1023.`)
      if (code !== 'EADDRINUSE') throw error
      if (port !== undefined)
        throw new UsageError(`Port ${port} is taken; choose another with --port N.`)
      if (at === LAST_PORT)
        throw new UsageError(
          `Ports ${FIRST_PORT} to ${LAST_PORT} are taken; choose one with --port N.`,
        )
    }
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
