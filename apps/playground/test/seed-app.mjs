// The orbit example of the document that asked for it, word for word but for imports and the port.
import { OrbitPlasma } from '@gravito/plasma-orbit'
import { PlanetCore } from '../dist/kernel.js'

const core = await PlanetCore.boot({
  orbits: [
    new OrbitPlasma({
      autoConnect: true,
      exposeAs: 'redis',
      connections: {
        default: {
          host: '127.0.0.1',
          port: Number(process.env.SEED_PORT),
          password: process.env.REDIS_PASSWORD,
          tls: true,
        },
      },
    }),
  ],
})

const app = core.router
app.get('/health/redis', async c => {
  const redis = c.get('redis')
  const pong = await redis?.ping()
  return c.json({ status: pong })
})

const response = await core.liftoff(0).fetch(new Request('http://localhost/health/redis'))
console.log(await response.text())
await core.hooks.doAction('core:shutdown', core)
