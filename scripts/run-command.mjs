import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { ROOT } from './workspaces.mjs'

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
const GRACE_MS = 10_000

/**
 * Run a program in the root folder with this terminal's output; gives its exit code, 128 + n after signal n.
 * A signal reaches it once, with 10 s to end its own children; nothing in its process group outlives it.
 *
 * @param {string} file @param {string[]} args
 * @returns {Promise<number>}
 */
export function run(file, args) {
  return new Promise((resolve, reject) => {
    // With a process group of its own it gets Ctrl-C from here alone: npm and the terminal both send one.
    const child = spawn(file, args, {
      cwd: ROOT,
      stdio: 'inherit',
      detached: process.platform !== 'win32',
      shell: process.platform === 'win32',
    })
    /** @type {NodeJS.Signals | undefined} */
    let stoppedBy
    /** @type {NodeJS.Timeout | undefined} */
    let insist
    const forward = (/** @type {NodeJS.Signals} */ signal) => {
      if (stoppedBy) return
      stoppedBy = signal
      child.kill(signal)
      insist = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS)
    }
    for (const signal of SIGNALS) process.on(signal, forward)
    const settle = () => {
      clearTimeout(insist)
      for (const signal of SIGNALS) process.off(signal, forward)
      signalGroup(child.pid, 'SIGKILL')
    }
    child.once('error', error => {
      settle()
      reject(new Error(`${file} cannot be run: ${error.message}`, { cause: error }))
    })
    child.once('exit', (code, signal) => {
      settle()
      if (stoppedBy) process.exit(128 + constants.signals[stoppedBy])
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))
    })
  })
}

/** @param {number | undefined} pid @param {NodeJS.Signals} signal */
function signalGroup(pid, signal) {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch (error) {
    // Nobody is left in the group.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error
  }
}
