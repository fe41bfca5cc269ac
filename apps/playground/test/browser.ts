import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const executablePath = [
  process.env.CHROMIUM_BIN,
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
].find(file => file && existsSync(file))

/** Why there is no browser here, if there is none. */
export const noBrowser = executablePath
  ? undefined
  : 'no Chromium here: install it, or set CHROMIUM_BIN'

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGUMENTS })
}
