/** The faults of the soak: each does its harm, and resolves when it is undone. `world` is the soak's. */
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

export const FAULTS = {
  async 'SIGKILL of a process'({ workers, respawn, pick }) {
    await respawn(pick(workers))
  },
  async 'SIGSTOP of a process'({ workers, pick, random, ttlMs }) {
    const running = workers.filter(it => !it.isStopped)
    // Somebody has to go on.
    if (running.length <= workers.length / 2) return
    const worker = pick(running)
    worker.isStopped = true
    const { child } = worker
    child.kill('SIGSTOP')
    await pause(ttlMs * (0.1 + random() * 2.4))
    child.kill('SIGCONT')
    worker.isStopped = false
  },
  async 'CLIENT KILL'({ admin, pick }) {
    const type = pick(['normal', 'pubsub'])
    await admin('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes')
  },
  async 'SCRIPT FLUSH'({ admin }) {
    await admin('SCRIPT', 'FLUSH')
  },
  async 'connections cut'({ workers, pick }) {
    pick(workers).proxy.cut()
  },
  async 'a partition'({ workers, pick, random, ttlMs }) {
    const { proxy } = pick(workers)
    proxy.refuse()
    await pause(ttlMs * (0.3 + random() * 2.2))
    proxy.accept()
  },
  async 'slow replies'({ workers, pick, random, ttlMs }) {
    const { proxy } = pick(workers)
    proxy.setDelay(random() * ttlMs * 0.3)
    await pause(ttlMs * random())
    proxy.setDelay(0)
  },
  async 'Redis stands still'({ outage, server, random, ttlMs }) {
    await outage(async () => {
      server.pause()
      await pause(ttlMs * random() * 0.6)
      server.resume()
    })
  },
  async 'Redis restarts'({ outage, server }) {
    await outage(async () => {
      await server.kill()
      await server.restart()
    })
  },
}

/** How often each comes, in comparison. */
export const WEIGHTS = {
  'SIGKILL of a process': 4,
  'SIGSTOP of a process': 4,
  'CLIENT KILL': 4,
  'SCRIPT FLUSH': 3,
  'connections cut': 5,
  'a partition': 5,
  'slow replies': 3,
  'Redis stands still': 1,
  'Redis restarts': 1,
}
