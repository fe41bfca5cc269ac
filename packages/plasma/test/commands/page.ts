import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Method, methods, NEWER, NOT_SENT, NOT_TYPED } from './coverage.js'

const FOLDER = path.join(import.meta.dirname, 'rows')

/** What each file of rows is about. */
const TITLES: Readonly<Record<string, string>> = {
  acl: 'Users (ACL)',
  bitmaps: 'Bitmaps',
  clients: 'Connections',
  cluster: 'Cluster',
  'command-table': 'The table of commands',
  diagnostics: 'Memory, latency, slow log',
  functions: 'Functions',
  geo: 'Geo',
  'hash-expiry': 'Hashes: fields that expire',
  hashes: 'Hashes',
  hyperloglog: 'HyperLogLog',
  'key-expiry': 'Keys: expiry',
  keys: 'Keys',
  lists: 'Lists',
  modules: 'Modules',
  pubsub: 'Pub/sub',
  replication: 'Persistence and replication',
  scripting: 'Scripts',
  server: 'The server',
  sets: 'Sets',
  'sorted-set-algebra': 'Sorted sets: union, intersection, difference',
  'sorted-set-ranges': 'Sorted sets: ranges',
  'sorted-sets': 'Sorted sets',
  sorting: 'Sorting',
  'stream-groups': 'Streams: consumer groups',
  streams: 'Streams',
  strings: 'Strings',
  'vector-sets': 'Vector sets',
}

interface Family {
  title: string
  methods: Method[]
}

const DOCS = path.resolve(import.meta.dirname, '../../../../docs')

/** The pages whose samples run on a server, and the code of those. */
const SAMPLES = ['data', 'streams', 'geo-and-bits', 'administration'].map(name => {
  const text = readFileSync(path.join(DOCS, `${name}.md`), 'utf8')
  const code = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(match => match[1])
  return { name, title: /^# (.*)/.exec(text)?.[1], code: code.join('\n') }
})

/** The page with an example of the family. */
function exampleOf({ title, methods: own }: Family): string {
  const found = SAMPLES.find(({ code }) =>
    own.some(({ method }) => new RegExp(`redis\\.${method}\\(`).test(code)),
  )
  if (!found) throw new Error(`no sample in docs/ uses a method of "${title}"`)
  return `[${found.title}](./${found.name}.md)`
}

function families(): Family[] {
  const all = methods()
  return readdirSync(FOLDER)
    .map(file => file.replace('.ts', ''))
    .filter(name => name !== 'index' && name !== 'row')
    .map(name => {
      const text = readFileSync(path.join(FOLDER, `${name}.ts`), 'utf8')
      const title = TITLES[name]
      if (title === undefined) throw new Error(`rows/${name}.ts has no title in page.ts`)
      const own = new Set([...text.matchAll(/^ {2}(\w+): \[/gm)].map(match => match[1]))
      return { title, methods: all.filter(({ method }) => own.has(method)) }
    })
    .sort((a, b) => a.title.localeCompare(b.title, 'en'))
}

const isNewer = ({ commands }: Method): boolean => commands.every(it => it in NEWER)

const table = (head: readonly string[], lines: readonly (readonly (string | number)[])[]) =>
  [head, head.map(() => '---'), ...lines].map(cells => `| ${cells.join(' | ')} |`).join('\n')

function summary(all: readonly Family[]): string {
  const line = (title: string, own: readonly Method[], example: string) => {
    const newer = own.filter(isNewer).length
    const apart = own.filter(it => it.method in NOT_SENT).length
    const rows = own.reduce((sum, it) => sum + it.rows, 0)
    return [title, own.length, rows, own.length - newer - apart, apart || '', newer || '', example]
  }
  return table(
    [
      'family',
      'methods',
      'on the wire',
      'sent to a server',
      'on a server of its own',
      'newer',
      'example',
    ],
    [
      ...all.map(it => line(it.title, it.methods, exampleOf(it))),
      line(
        '**all**',
        all.flatMap(it => it.methods),
        '',
      ),
    ],
  )
}

const written = (command: string): string => {
  const since = NEWER[command]?.replace(/\.0$/, '')
  return `\`${command.toUpperCase()}\`${since ? ` (Redis ${since})` : ''}`
}

const details = ({ title, methods: own }: Family): string =>
  `## ${title}\n\n${table(
    ['method', 'command'],
    own.map(({ method, commands }) => [`\`${method}\``, commands.map(written).join(', ')]),
  )}`

function untyped(): string {
  const lines = Object.entries(NOT_TYPED)
    .filter(([command]) => !command.endsWith(' help'))
    .map(([command, reason]) => [`\`${command.toUpperCase()}\``, reason])
  return table(['command', 'why'], [...lines, ['`… HELP`', 'text for people at a console']])
}

/** The page that lists every command. */
export function page(): string {
  const all = families()
  return `# Commands

Every command up to Redis 7.4 has a typed method, or a reason why it has none (at the end); a test asks the server for
its commands and fails when one is missing. Of Redis 8 there are vector sets and what belongs to the other families; the
commands of modules go through \`call(name, …)\`.
This page is generated: \`npm run commands-page -w @gravito/plasma\`.

"On the wire" counts calls whose exact bytes are tested. "Sent to a server" counts methods whose calls a real server
was given, and understood; what ends a server, empties it or makes a connection somebody else is tested on servers of
its own. "Newer" is what Redis 7.0 does not know yet, so that only the bytes are tested where the server is older.

${summary(all)}

Of \`acl\`, \`client\`, \`cluster\`, \`command\`, \`config\`, \`function\`, \`latency\`, \`memory\`, \`module\`, \`object\`, \`pubsub\`,
\`script\`, \`slowlog\`, \`xgroup\` and \`xinfo\` there is a method for each subcommand (below); most of them also have the
positional form of ioredis, \`client('ID')\`.

${all.map(details).join('\n\n')}

## Without a method of their own

What would change the connection under everybody who shares it is refused by \`call\` as well.

${untyped()}
`
}
