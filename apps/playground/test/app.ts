import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { createPlayground, type Playground } from '../src/playground.js'
import { listen } from '../src/server.js'
import { makeUntidyTree, type Tree } from './tree.js'

const folder = path.join(import.meta.dirname, '..')

/** The whole application on a Redis of its own, unless `redisUrl` names one, listening. */
export interface App {
  playground: Playground
  tree: Tree
  url: string
  get(at: string): Promise<Answer>
  post(at: string, body?: unknown, type?: string): Promise<Answer>
  close(): Promise<void>
}

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: every route answers something else
  body: any
}

export async function startApp({
  packages = 30,
  workers = 2,
  redisUrl,
}: {
  packages?: number
  workers?: number
  redisUrl?: string
} = {}): Promise<App> {
  const tree = makeUntidyTree(packages)
  const playground = await createPlayground({
    root: tree.root,
    workers,
    workerFile: path.join(folder, 'dist/worker.js'),
    publicFolder: pathToFileURL(`${folder}/public/`),
    redisUrl,
  })
  const server = await listen(playground.core.liftoff().fetch, 0)
  const answer = async (response: Response): Promise<Answer> => ({
    status: response.status,
    body: await response.json(),
  })
  return {
    playground,
    tree,
    url: server.url,
    get: async at => answer(await fetch(server.url + at)),
    post: async (at, body, type = 'application/json') =>
      answer(
        await fetch(server.url + at, {
          method: 'POST',
          headers: { 'content-type': type },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      ),
    close: async () => {
      await server.close()
      await playground.stop()
      tree.remove()
    },
  }
}
