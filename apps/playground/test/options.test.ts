import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseOptions, UsageError } from '../src/options.js'

describe('parseOptions', () => {
  it('has defaults', () => {
    expect(parseOptions([])).toEqual({
      input: undefined,
      port: undefined,
      workers: 3,
      once: false,
      help: false,
    })
  })

  it('reads every option', () => {
    const here = path.resolve(process.env.INIT_CWD ?? '.', 'test')
    expect(parseOptions(['--input', here, '--port', '4000', '--workers=5'])).toMatchObject({
      input: here,
      port: 4_000,
      workers: 5,
    })
    expect(parseOptions(['--once', '--help'])).toMatchObject({ once: true, help: true })
  })

  it.each([
    [['--port', '0'], /--port must be a whole number from 1 to 65535, not "0"/],
    [['--port', '65536'], /--port/],
    [['--port', '3000x'], /"3000x"/],
    [['--port'], /--port/],
    [['--workers', '0'], /--workers must be a whole number from 1 to 32/],
    [['--workers', '1e1'], /--workers/],
    [['--workers', '-1'], /--workers/],
    [['--input', '/does/not/exist'], /there is no folder \/does\/not\/exist/],
    [['--input', ''], /there is no folder/],
    [['--input', import.meta.filename], /is no folder/],
    [['--inptu', '.'], /--inptu/],
    [['folder'], /folder/],
    [['--once', '--port', '3000'], /no meaning with --once/],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError)
    expect(() => parseOptions(args)).toThrow(message)
  })
})
