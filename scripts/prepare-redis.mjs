import { findRedis } from './find-redis.mjs'

/**
 * Finds Redis once, before turbo, which hides the network's settings and the progress; what is found goes into
 * REDIS_SERVER_BIN. With REDIS_URL set, the program is found too: Cluster, Sentinel, TLS and fault tests start
 * servers of their own.
 *
 * @param {{ say: (line: string) => void, program?: boolean }} options `program: false` for who starts no server beside REDIS_URL
 */
export async function prepareRedis({ say, program = true }) {
  const { file, how } = await findRedis({ log: say })
  say(`Redis: ${how}`)
  if (file) process.env.REDIS_SERVER_BIN = file
  else if (program) await findProgramToo(say)
}

/** @param {(line: string) => void} say */
async function findProgramToo(say) {
  try {
    const { file, how } = await findRedis({ needProgram: true, log: say })
    process.env.REDIS_SERVER_BIN = file
    say(`Redis for the tests that start their own: ${how}`)
  } catch (error) {
    say(`Tests that start a Redis of their own will fail. ${error}`)
  }
}
