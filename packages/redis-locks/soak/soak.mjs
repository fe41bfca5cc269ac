import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { RedisClient } from '@gravito/plasma'
import { createLocks } from '@gravito/redis-locks'
import { startProxy, startRedis } from '@gravito/redis-testing'
import { FAULTS, WEIGHTS } from './faults.mjs'
import { openJudge } from './judge.mjs'
import { randomFrom } from './random.mjs'
import { Watch } from './watch.mjs'

const NAMES = ['one', 'two']
const WORKER = new URL('worker.mjs', import.meta.url).pathname
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

/**
 * Run processes against a Redis with faults for `seconds`.
 *
 * @returns {Promise<{ violations: string[], report: string }>} what must not be, and what was
 */
export async function soak({ seconds, seed, processes, ttlMs }) {
  const random = randomFrom(seed)
  let spawned = 0
  const keeps = random() < 0.5
  const args = keeps ? ['--appendonly', 'yes', '--appendfsync', 'always'] : []
  const [server, judgeServer] = await Promise.all([startRedis({ args }), startRedis()])
  const judge = openJudge(judgeServer.url)
  const violations = []
  const watch = new Watch(judge, NAMES, ttlMs)
  const spawnWorker = proxy => {
    const url = `redis://127.0.0.1:${proxy.port}`
    const own = String(seed + ++spawned)
    const durability = keeps ? 'durable' : 'volatile'
    const args = [WORKER, url, judgeServer.url, NAMES.join(','), String(ttlMs), own, durability]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface({ input: child.stdout }).on('line', line => {
      if (line.startsWith('violation')) violations.push(line.slice(10))
      if (line === 'ready') child.emit('ready')
    })
    return { child, ready: Promise.race([once(child, 'ready'), once(child, 'exit')]) }
  }
  const workers = []
  try {
    for (let i = 0; i < processes; i++) {
      const proxy = await startProxy(server.port)
      workers.push({ proxy, ...spawnWorker(proxy), isStopped: false, isEnding: false })
    }
    const world = {
      workers,
      server,
      ttlMs,
      random,
      outage: harm => watch.without(harm),
      admin: (...command) => ask(server.url, command),
      async respawn(worker) {
        if (worker.isEnding) return
        worker.isEnding = true
        worker.child.kill('SIGKILL')
        worker.child.kill('SIGCONT')
        await once(worker.child, 'exit')
        Object.assign(worker, spawnWorker(worker.proxy), { isEnding: false })
      },
    }
    await watch.start()
    const counts = await cause(world, seconds)
    await watch.settle()
    violations.push(...(await watch.stop()))
    violations.push(...(await endAll(workers)), ...(await leftovers(server.url)))
    const verdicts = await Promise.all(NAMES.map(name => judge.verdict(name)))
    for (const [i, verdict] of verdicts.entries()) violations.push(...judged(NAMES[i], verdict))
    return { violations, report: reportOf({ verdicts, counts, keeps, watch, seconds }) }
  } finally {
    for (const { child, proxy } of workers) {
      child.kill('SIGKILL')
      await proxy.stop()
    }
    await judge.close()
    await Promise.all([server.stop(), judgeServer.stop()])
  }
}

/** Faults, some of them at the same time, until the time is over; resolves with how many of each there were. */
async function cause(world, seconds) {
  const { random, ttlMs } = world
  const bag = Object.entries(WEIGHTS).flatMap(([name, weight]) => Array(weight).fill(name))
  const counts = {}
  const underWay = new Set()
  const until = performance.now() + seconds * 1_000
  while (performance.now() < until) {
    await pause(ttlMs * (0.1 + random() * 0.9))
    const name = bag[Math.floor(random() * bag.length)]
    // Of its own, so that the next faults do not depend on how long this one takes.
    const own = randomFrom(Math.floor(random() * 2 ** 31))
    const pick = list => list[Math.floor(own() * list.length)]
    counts[name] = (counts[name] ?? 0) + 1
    const done = FAULTS[name]({ ...world, random: own, pick }).finally(() => underWay.delete(done))
    underWay.add(done)
    if (name.startsWith('Redis')) await done
    else done.catch(() => undefined)
  }
  while (underWay.size > 0) await pause(20)
  return counts
}

/** A command over a connection of its own, which the next fault may kill. */
async function ask(url, [name, ...args]) {
  const redis = new RedisClient({ url, maxRetries: 0, commandTimeout: 1_000 })
  redis.on('error', () => undefined)
  try {
    await redis.call(name, ...args)
  } catch {
    // Redis is away: another fault is under way.
  } finally {
    await redis.disconnect({ timeoutMs: 100 })
  }
}

async function endAll(workers) {
  const ended = workers.map(async ({ child, ready }, i) => {
    await ready
    if (child.exitCode !== null) return [`process ${i} ended early: ${child.exitCode}`]
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 30_000)
    const [code] = await once(child, 'exit')
    clearTimeout(late)
    return code === 0 ? [] : [`process ${i} did not end by itself: ${code ?? 'killed'}`]
  })
  return (await Promise.all(ended)).flat()
}

/** Whoever comes next finds a lock that works, and leaves nothing but the token mark. */
async function leftovers(url) {
  const redis = new RedisClient({ url })
  try {
    const locks = createLocks(redis, { waitMs: 20_000 })
    for (const name of NAMES) await locks.withLock(name, () => undefined)
    const keys = (await redis.keys('*')).filter(key => key !== 'lock:fence')
    return keys.map(key => `${key} is left`)
  } catch (error) {
    return [`the locks do not work afterwards: ${error}`]
  } finally {
    await redis.disconnect()
  }
}

function judged(name, { sections, twins, outOfOrder, lostUpdates }) {
  const found = []
  if (sections === 0) found.push(`${name}: no section ran`)
  if (twins > 0) found.push(`${name}: ${twins} tokens were given twice`)
  if (outOfOrder > 0) found.push(`${name}: ${outOfOrder} accepted sections out of token order`)
  if (lostUpdates !== 0) found.push(`${name}: ${lostUpdates} accepted writes were lost`)
  return found
}

function reportOf({ verdicts, counts, keeps, watch, seconds }) {
  const sum = field => verdicts.reduce((total, verdict) => total + verdict[field], 0)
  const faults = Object.entries(counts).map(([name, count]) => `${count} x ${name}`)
  return [
    `${seconds} s, Redis ${keeps ? 'with' : 'without'} persistence; ${faults.join(', ')}`,
    `${sum('sections')} sections, ${sum('writes')} accepted writes, ${sum('stale')} stale ones refused`,
    `longest time without a section: ${Math.round(watch.longestMs)} ms (limit ${watch.limitMs} ms)`,
  ].join('\n')
}
