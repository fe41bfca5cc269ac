import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Ends a server and removes its folder when this process is gone, however it went. */
export interface Guard {
  /** The process to end; undefined when it ended by itself. */
  watch(pid: number | undefined): void
  /** Remove the folder now. */
  release(): Promise<void>
}

/** The last line read is the process to end; the pipe closes when its writer dies, even by SIGKILL. */
const SCRIPT =
  'while read -r line; do pid=$line; done; [ -z "$pid" ] || kill -9 "$pid"; rm -rf "$1"'

/** Start the guard of a folder. It has a process group of its own, so Ctrl-C does not reach it. */
export function startGuard(folder: string): Guard {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'redis-guard', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const gone = once(child, 'exit')
  child.unref()
  // A pipe to a child is a net.Socket, though typed as a mere stream.
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref()
  return {
    watch: pid => {
      child.stdin.write(`${pid ?? ''}\n`)
    },
    release: async () => {
      child.ref()
      child.stdin.end()
      await gone
    },
  }
}
