import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type App, startApp } from './app.js'
import { launchBrowser, noBrowser } from './browser.js'
import { waitUntil } from './patient.js'

describe('the live panels in a real browser', () => {
  let app: App
  let browser: Browser
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    if (noBrowser) return
    app = await startApp()
    browser = await launchBrowser()
    page = await browser.newPage({ viewport: { width: 1_280, height: 1_000 } })
    page.on('pageerror', error => complaints.push(String(error)))
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    await page.goto(app.url)
  })

  beforeEach(async ({ skip }) => {
    if (noBrowser) skip(noBrowser)
    await waitUntil('everybody works', () =>
      app.playground.crew.members.every(it => it.state === 'working'),
    )
  })

  afterEach(() => {
    expect(complaints.splice(0)).toEqual([])
  })

  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  const text = async (selector: string) => (await page.textContent(selector)) ?? ''
  const shows = (selector: string, pattern: RegExp) =>
    waitUntil(`${selector} shows ${pattern}`, async () => pattern.test(await text(selector)))
  const press = (panel: string, action: string) =>
    page.click(`#panel-${panel} [data-action="${action}"]`)
  const row = (member: string) => `#panel-connections tr[data-member="${member}"]`
  const state = (member: string) => page.getAttribute(row(member), 'data-state')
  const turns = (member: string, wanted: string) =>
    waitUntil(`${member} turns ${wanted}`, async () => (await state(member)) === wanted)
  /** All promises of a panel are shown as kept. */
  const keeps = async (panel: string) => {
    const list = page.locator(`#panel-${panel} .promises li`)
    expect(await list.count()).toBeGreaterThan(0)
    expect(await list.evaluateAll(all => all.map(it => it.dataset.kept))).not.toContain('false')
  }

  it('connections: kills a process, whose place a new one takes', async () => {
    await turns('Ben', 'working')
    const pid = await text(`${row('Ben')} .state`)
    await page.click(`${row('Ben')} button[aria-label="Kill Ben"]`)
    await shows('#panel-journal', /Ben died/)
    await waitUntil('another process is shown', async () => {
      const now = await text(`${row('Ben')} .state`)
      return /pid \d+/.test(now) && now !== pid
    })
  })

  it('connections: freezes a process and wakes it with the same button', async () => {
    await turns('Cleo', 'working')
    await page.click(`${row('Cleo')} button[aria-label="Freeze Cleo"]`)
    await turns('Cleo', 'frozen')
    await page.click(`${row('Cleo')} button[aria-label="Wake Cleo"]`)
    await turns('Cleo', 'working')
  })

  it('connections: forgets the scripts, and everything goes on', async () => {
    await press('connections', 'flush-scripts')
    await shows('#panel-journal', /forgot every script/)
    const grants = async () => Number.parseInt(await text('#panel-lock .counts'), 10)
    const before = await grants()
    await waitUntil('the lock is served', async () => (await grants()) > before + 3)
    await keeps('lock')
  })

  it('lock: shows holder, token and queue; a killed holder loses it to the next', async () => {
    await shows('#panel-lock .token', /token \d{16}/)
    await waitUntil('some wait', async () => (await page.locator('.queue li').count()) > 0)
    await press('lock', 'kill-holder')
    await shows('#panel-journal', /The lock passed from \w+ to \w+ after \d+ ms/)
    await keeps('lock')
  })

  it('lock: a frozen holder loses it, and on waking its late write is refused', async () => {
    await press('lock', 'freeze-holder')
    await shows('#panel-journal', /was frozen while it held the lock/)
    await shows('#panel-journal', /with a larger token.*was frozen while/)
    await shows('#panel-lock [data-action="wake"]', /^Wake \w+$/)
    await shows('#panel-lock .served', /frozen/)
    await press('lock', 'wake')
    await shows('#panel-journal', /wrote too late; the resource refused token/)
    await shows('#panel-lock .promises', /[1-9]\d* refused, 0 taken/)
    await keeps('lock')
  })

  it('semaphore: one more permit, then one less', async () => {
    await shows('#panel-semaphore .counts', /of 2 held/)
    await press('semaphore', 'more')
    await shows('#panel-semaphore .counts', /3 of 3 held/)
    await press('semaphore', 'fewer')
    await shows('#panel-semaphore .counts', /2 of 2 held/)
    await keeps('semaphore')
  })

  it('limiter: twenty of a hundred attempts pass, and a reset gives all back', async () => {
    await press('limiter', 'burst')
    await shows('#panel-limiter', /Last burst: 20 of 100 allowed, from 4 processes/)
    await press('limiter', 'reset')
    await shows('#panel-limiter', /20 of 20 left/)
    await keeps('limiter')
  })

  it('cache: a thousand requests for a cold key call the factory once', async () => {
    await press('cache', 'burst')
    await shows('#panel-cache', /1,000 requests from 4 processes in .*: 1 factory call, 1 value/)
    await shows('[data-figure="avoided"]', /^999$/)
    await shows('[data-figure="hitRate"]', /^\d+\.\d %$/)
    await keeps('cache')
  })

  it('cache: a tag goes dark in one step and fills again', async () => {
    const lit = () => page.locator('.entries i[data-tag="1"][data-lit="true"]').count()
    await waitUntil('there are some', async () => (await lit()) > 5)
    await press('cache', 'flush-users')
    await shows('#panel-journal', /The tag users was flushed: \d+ entries gone/)
    await shows('#panel-cache [data-action="flush-users"]', /Flush users \(1\)/)
    await waitUntil('they are back', async () => (await lit()) > 5)
    for (const tag of ['prices', 'pages']) {
      await press('cache', `flush-${tag}`)
      await shows('#panel-journal', new RegExp(`The tag ${tag} was flushed`))
    }
  })

  it('stream: many orders at once are handled, a poisoned one is a dead letter', async () => {
    await press('stream', 'add')
    await shows('#panel-journal', /200 orders at once/)
    await press('stream', 'poison')
    await shows('#panel-stream [data-figure="handled"]', /^[2-9]\d\d$/)
    await shows('#panel-stream [data-figure="deadLetters"]', /^1$/)
    await keeps('stream')
  })

  it('feed: shows what the processes publish', async () => {
    await shows('#panel-feed .feed', /#\d+/)
    await shows('#panel-feed .counts', /\d+ heard · \d/)
    await keeps('feed')
  })

  it('connections: restarts Redis, and every connection comes back', async () => {
    await press('connections', 'restart-redis')
    await shows('#panel-journal', /Redis is back after \d+ ms/)
    for (const member of ['playground', 'Ada', 'Ben', 'Cleo', 'Dev']) await turns(member, 'working')
    await keeps('connections')
    complaints.splice(0)
  })

  it('fits a phone without scrolling sideways', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    const tooWide = await page.evaluate(() =>
      [...document.querySelectorAll('.panel, .panel .buttons, .panel .promises, .panel .scroll')]
        .filter(it => it.scrollWidth > it.clientWidth + 1)
        .map(it => it.closest('.panel')?.id),
    )
    expect(tooWide).toEqual([])
    await page.setViewportSize({ width: 1_280, height: 1_000 })
  })
})
