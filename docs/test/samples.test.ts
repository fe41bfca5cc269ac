import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { type RedisServer, startRedis } from '@gravito/redis-testing'
import { Redis } from 'ioredis'
import ts from 'typescript'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pages, ROOT, samplesOf } from './samples.js'

const run = promisify(execFile)
const FOLDER = path.join(ROOT, 'docs', '.samples')
/** The kernel cannot be installed here; the playground's host has the same contract. */
const KERNEL = path.join(ROOT, 'apps/playground/dist/kernel.js')
const KERNEL_SOURCE = path.join(ROOT, 'apps/playground/src/kernel.ts')

/** A translation has the code of its page, which a test below compares; once is enough to run it. */
const isTranslated = (page: string) => page.startsWith('docs/zh-TW/')
const samples = pages()
  .filter(page => !isTranslated(page))
  .flatMap(samplesOf)
  .map((sample, i) => ({
    ...sample,
    source: path.join(FOLDER, `${i}.mts`),
    program: path.join(FOLDER, `${i}.mjs`),
  }))
const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  paths: { '@gravito/core': [KERNEL_SOURCE] },
}

describe(`the ${samples.length} code samples of README and docs`, () => {
  let server: RedisServer
  let redis: Redis
  beforeAll(async () => {
    server = await startRedis()
    redis = new Redis(server.port, server.host)
    rmSync(FOLDER, { recursive: true, force: true })
    mkdirSync(FOLDER, { recursive: true })
    for (const { code, source, program } of samples) {
      writeFileSync(source, `${code}\nexport {}\n`)
      const { outputText } = ts.transpileModule(code, {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      })
      writeFileSync(program, outputText.replaceAll("'@gravito/core'", JSON.stringify(KERNEL)))
    }
  })
  beforeEach(() => redis.flushall())
  afterAll(async () => {
    await redis.quit()
    await server.stop()
    rmSync(FOLDER, { recursive: true, force: true })
  })

  test('all of them compile', () => {
    const program = ts.createProgram(
      samples.map(({ source }) => source),
      options,
    )
    const problems = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
      const sample = samples.find(({ source }) => source === file?.fileName)
      const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0
      return `${sample?.place ?? file?.fileName} + ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
    expect(problems).toEqual([])
  }, 120_000)

  test.each(samples)(
    '$place prints what it says',
    async ({ program, expected }) => {
      const env = { ...process.env, REDIS_URL: server.url, NO_COLOR: '1' }
      const { stdout } = await run(process.execPath, [program], {
        env,
        cwd: FOLDER,
        timeout: 60_000,
      })
      expect(stdout.split('\n').filter(line => line !== '')).toEqual(expected)
    },
    90_000,
  )

  test('each page that is translated has the same samples', () => {
    const code = (page: string) => samplesOf(page).map(sample => sample.code)
    const translated = pages().filter(isTranslated)
    expect(translated.length).toBeGreaterThan(1)
    for (const page of translated)
      expect(code(page), page).toEqual(code(page.replace('zh-TW/', '')))
  })

  test('each package says what it is, with a sample', () => {
    for (const page of pages().filter(it => it.startsWith('packages/') || it === 'README.md')) {
      expect(samplesOf(page), page).not.toEqual([])
    }
  })
})
