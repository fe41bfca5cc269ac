import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { RedisClient } from '@gravito/plasma'
import { startTlsRedis } from '@gravito/redis-testing'
import { expect, it, onTestFinished } from 'vitest'

const run = promisify(execFile)

it('the orbit example of the seed boots with `tls: true` and a password, and answers on its route', async () => {
  const secure = await startTlsRedis()
  const folder = mkdtempSync(path.join(tmpdir(), 'gravito-seed-'))
  onTestFinished(async () => {
    await secure.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const admin = new RedisClient({ port: secure.port, tls: { ca: secure.ca } })
  await admin.configSet({ requirepass: 'secret' })
  await admin.disconnect()
  const authority = path.join(folder, 'ca.crt')
  writeFileSync(authority, secure.ca)

  const app = path.join(import.meta.dirname, 'seed-app.mjs')
  const env = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: authority,
    SEED_PORT: String(secure.port),
    REDIS_PASSWORD: 'secret',
  }
  const { stdout } = await run(process.execPath, [app], { env, timeout: 15_000 })
  expect(stdout).toContain('{"status":"PONG"}')

  const wrong = run(process.execPath, [app], {
    env: { ...env, REDIS_PASSWORD: 'wrong' },
    timeout: 15_000,
  })
  await expect(wrong).rejects.toThrow(/ConnectionFailedError/)
})
