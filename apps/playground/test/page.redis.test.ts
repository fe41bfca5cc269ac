import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createPlayground, type Playground } from '../src/playground.js'
import { type Listening, listen } from '../src/server.js'
import { launchBrowser, noBrowser } from './browser.js'
import { waitUntil } from './patient.js'
import { makeUntidyTree, type Tree } from './tree.js'

const folder = path.join(import.meta.dirname, '..')

describe('the page in a real browser', () => {
  let tree: Tree
  let playground: Playground
  let server: Listening
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  beforeEach(({ skip }) => {
    if (noBrowser) skip(noBrowser)
  })

  beforeAll(async () => {
    if (noBrowser) return
    tree = makeUntidyTree(120)
    playground = await createPlayground({
      root: tree.root,
      workers: 3,
      workerFile: path.join(folder, 'dist/worker.js'),
      publicFolder: pathToFileURL(`${folder}/public/`),
    })
    server = await listen(playground.core.liftoff().fetch, 0)
    browser = await launchBrowser()
    page = await newPage()
  })

  afterEach(() => {
    expect(complaints.splice(0)).toEqual([])
  })

  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await playground?.stop()
    tree?.remove()
  })

  async function newPage(viewport = { width: 1_200, height: 900 }): Promise<Page> {
    const made = await browser.newPage({ viewport })
    made.on('pageerror', error => complaints.push(String(error)))
    made.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    await made.goto(server.url)
    return made
  }

  const text = async (selector: string, on = page) => (await on.textContent(selector)) ?? ''
  const shows = (selector: string, pattern: RegExp, on = page) =>
    waitUntil(`${selector} shows ${pattern}`, async () => pattern.test(await text(selector, on)))

  it('says that Redis is ready', async () => {
    await shows('#health', /Redis ready · \d/)
  })

  it('follows an audit from the first package to the verdict', async () => {
    await shows('#root', new RegExp(path.basename(tree.root)))
    const seen = new Set<string>()
    await page.click('#again')
    await waitUntil('the verdict is there', async () => {
      seen.add(await text('#packages'))
      return /Totals equal the sequential scan/.test(await text('#verdict'))
    })
    expect(seen.size).toBeGreaterThan(3)
    expect(await text('#packages')).toBe('131')
    expect(await text('#of')).toBe('of 131 packages')
    expect(await text('#misses')).toBe('131')
    expect(await page.getAttribute('#progress', 'aria-valuenow')).toBe('100')
    expect(await text('#licences')).toMatch(/MIT8\d/)
    expect(await text('#duplicates')).toContain('plain-11.0.1, 9.0.0')
    expect(await text('#problems')).toContain('package.json is not JSON')
    expect(await page.locator('#largest li').count()).toBe(10)
    expect(await page.locator('#workers li').count()).toBeGreaterThan(1)
  })

  it('hits the cache when it runs again, and misses once the cache is forgotten', async () => {
    await page.click('#again')
    await shows('#verdict', /Auditing|Looking|Comparing/)
    await shows('#verdict', /Totals equal/)
    expect(await text('#hits')).toBe('131')
    await page.click('#forget')
    await shows('#verdict', /Auditing|Looking|Comparing/)
    await shows('#verdict', /Totals equal/)
    expect([await text('#hits'), await text('#misses')]).toEqual(['0', '131'])
  })

  it('kills a worker in the middle of an audit, whose totals are right all the same', async () => {
    await page.click('#forget')
    await page.click('#kill-worker', { timeout: 30_000 })
    await shows('#replaced', /1 died and were replaced|[2-9] died/)
    await shows('#verdict', /Totals equal/)
    expect(await page.isDisabled('#kill-worker')).toBe(true)
    expect((await fetch(`${server.url}/api/audit/kill`, { method: 'POST' })).status).toBe(409)
  })

  it('counts, one by one and a hundred at once', async () => {
    const before = Number((await text('#counter')).replace(/\D/g, ''))
    await page.click('#count')
    await shows('#counter', new RegExp(`^${before + 1}$`))
    await page.click('#count-many')
    await shows('#counter', new RegExp(`^${before + 101}$`))
  })

  it('shows a miss, then a hit', async () => {
    await page.fill('#cache input', `key-${Date.now()}`)
    await page.click('#cache button')
    await shows('#cached', /^Miss in \d/)
    await page.click('#cache button')
    await shows('#cached', /^Hit in \d/)
  })

  it('holds a lock, and a second page waits for it', async () => {
    const other = await newPage()
    const hold = (body: object) =>
      fetch(`${server.url}/api/lock/door`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    await page.click('#lock button')
    await shows('#locked', /Held after \d+ mstoken \d+/)
    const held = hold({ holdMs: 4_000 })
    await waitUntil('it is held', async () => (await hold({ waitMs: 0, holdMs: 1 })).status === 409)
    await other.click('#lock button')
    await shows('#locked', /Held after \d{3,} mstoken \d+/, other)
    expect((await held).status).toBe(200)
    await other.close()
  })

  it('publishes to every open page, as text and never as markup', async () => {
    const other = await newPage()
    await shows('#of', /of \d+ packages/, other)
    await page.fill('#publish input', '<b>hello</b>')
    await page.click('#publish button')
    await shows('#messages', /<b>hello<\/b>/)
    await shows('#messages', /<b>hello<\/b>/, other)
    expect(await page.locator('#messages b').count()).toBe(0)
    await other.close()
  })

  it('tells of a mistake', async () => {
    await page.evaluate(() => document.querySelector('#cache')?.setAttribute('novalidate', ''))
    await page.fill('#cache input', 'not a key')
    await page.click('#cache button')
    await shows('#toast', /key must be 1 to 64 letters/)
    expect(await page.isVisible('#toast')).toBe(true)
    expect(complaints.splice(0)).toEqual([expect.stringMatching(/status of 400/)])
  })

  it('fits a phone without scrolling sideways, in light and in dark', async () => {
    const phone = await newPage({ width: 390, height: 844 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await phone.emulateMedia({ colorScheme })
      const [width, ground] = await phone.evaluate(() => [
        document.documentElement.scrollWidth,
        getComputedStyle(document.documentElement).backgroundColor,
      ])
      expect(width).toBeLessThanOrEqual(390)
      expect(ground).toBe(colorScheme === 'light' ? 'rgb(245, 246, 248)' : 'rgb(15, 18, 24)')
    }
    await phone.close()
  })
})
