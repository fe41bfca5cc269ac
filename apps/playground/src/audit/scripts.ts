import { defineScript } from '@gravito/plasma'

/**
 * Enter a finished package, once however often it is entered. KEYS: done, counters, taken. ARGV: directory,
 * problem (may be empty), time to live in seconds, channel, message, then pairs of counter and increment.
 */
export const COMPLETE = defineScript({
  lua: `
    local done, counters, taken = KEYS[1], KEYS[2], KEYS[3]
    local directory, problem, seconds, channel, message = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
    redis.call('LREM', taken, 1, directory)
    if redis.call('HSETNX', done, directory, problem) == 0 then return 0 end
    for i = 6, #ARGV, 2 do redis.call('HINCRBY', counters, ARGV[i], ARGV[i + 1]) end
    redis.call('EXPIRE', done, seconds)
    redis.call('EXPIRE', counters, seconds)
    redis.call('PUBLISH', channel, message)
    return 1`,
  reply: (entered: number) => entered === 1,
})

/** Put back what a dead worker had taken, to the front. KEYS: taken, pending. Replies with how many. */
export const TAKE_BACK = defineScript({
  keys: ['taken', 'pending'],
  lua: `
    local count = 0
    while redis.call('LMOVE', taken, pending, 'RIGHT', 'LEFT') do count = count + 1 end
    return count`,
  reply: (count: number) => count,
})
