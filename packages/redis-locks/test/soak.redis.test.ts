import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { randomFrom } from '../soak/random.mjs'

test('15 s of processes, faults and a judge: no violation', async () => {
  const main = new URL('../soak/main.mjs', import.meta.url).pathname
  const child = spawn(process.execPath, [main, '--seconds', '15'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk
    })
  }
  const [code] = await once(child, 'exit')
  // The seed is in the output: npm run soak -- --seed …
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('no violation') })
  console.log(output)
}, 180_000)

test('the same seed gives the same faults', () => {
  const numbers = (seed: number) => Array.from({ length: 50 }, randomFrom(seed))
  expect(numbers(7)).toEqual(numbers(7))
  expect(numbers(7)).not.toEqual(numbers(8))
  expect(numbers(9).every(it => it >= 0 && it < 1)).toBe(true)
})
