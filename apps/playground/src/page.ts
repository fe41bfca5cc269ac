import { readFile } from 'node:fs/promises'
import type { PlanetCore } from './kernel.js'

const FILES = [
  ['/', 'index.html', 'text/html'],
  ['/style.css', 'style.css', 'text/css'],
  ['/app.js', 'app.js', 'text/javascript'],
] as const
const POLICY = "default-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"

/** Serve the page from `folder`. */
export async function addPage({ router }: PlanetCore, folder: URL): Promise<void> {
  for (const [path, file, type] of FILES) {
    const body = await readFile(new URL(file, folder), 'utf8')
    const headers = {
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': POLICY,
      'cache-control': 'no-cache',
    }
    router.get(path, () => new Response(body, { headers }))
  }
}
