import { once } from 'node:events'
import { createServer } from 'node:net'

/** A Cluster's bus listens 10 000 above its port. */
const HIGHEST = 55_535
const ATTEMPTS = 20

/** Run `start` with a port that was free a moment ago, again with another one if somebody took it. */
export async function onFreePort<Started>(
  start: (port: number) => Promise<Started>,
): Promise<Started> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    try {
      return await start(port)
    } catch (error) {
      if (attempt === ATTEMPTS || !/in use|EADDRINUSE|Could not create server/i.test(String(error)))
        throw error
    }
  }
}

async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    server.close()
    await once(server, 'close')
    if (address !== null && typeof address === 'object' && address.port <= HIGHEST)
      return address.port
  }
}
