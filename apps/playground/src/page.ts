import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PlanetCore } from './kernel.js'

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
}
const POLICY = "default-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"

/** Serve the page: the files of `folder`, `index.html` at the root. */
export async function addPage({ router }: PlanetCore, folder: URL): Promise<void> {
  const root = fileURLToPath(folder)
  for (const file of await readdir(root, { recursive: true })) {
    const type = TYPES[path.extname(file)]
    if (!type) continue
    const body = await readFile(path.join(root, file), 'utf8')
    const headers = {
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': POLICY,
      'cache-control': 'no-cache',
    }
    const at = file === 'index.html' ? '' : file.split(path.sep).join('/')
    router.get(`/${at}`, () => new Response(body, { headers }))
  }
}
