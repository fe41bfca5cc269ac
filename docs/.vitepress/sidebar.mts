type Group = [title: string, pages: [text: string, file: string][]]

/** A sidebar of groups; each page is given by its title and its file. */
export const sidebar = (base: string, groups: Group[]) =>
  groups.map(([text, pages]) => ({
    text,
    items: pages.map(([title, file]) => ({ text: title, link: `${base}${file}` })),
  }))

export const english = sidebar('/', [
  [
    'Start',
    [
      ['Guide', 'guide'],
      ['In a Gravito app', 'guide-gravito'],
      ['In a Node or Bun service', 'guide-service'],
      ['For users of Atlas', 'guide-atlas'],
    ],
  ],
  [
    'The client',
    [
      ['Configuration', 'configuration'],
      ['Limits, bytes, libraries', 'client'],
      ['Data, type by type', 'data'],
      ['Places, bits and estimates', 'geo-and-bits'],
      ['Streams', 'streams'],
      ['Pub/sub', 'pubsub'],
      ['Pipelines, transactions, scripts', 'transactions'],
      ['Scripts, users and the server', 'administration'],
      ['Commands', 'commands'],
      ['Errors', 'errors'],
    ],
  ],
  [
    'Cache and coordination',
    [
      ['The cache', 'cache'],
      ['Locks', 'locks'],
      ['CommandKit', 'commandkit'],
      ['Triva', 'triva'],
    ],
  ],
  [
    'In production',
    [
      ['What holds when things fail', 'promises'],
      ['Cluster and Sentinel', 'cluster-and-sentinel'],
      ['Security', 'security'],
      ['Observability', 'observability'],
      ['Troubleshooting', 'troubleshooting'],
    ],
  ],
  [
    'Coming from',
    [
      ['Today’s @gravito/plasma', 'migrate-from-plasma'],
      ['ioredis', 'migrate-from-ioredis'],
      ['node-redis', 'migrate-from-node-redis'],
    ],
  ],
  [
    'The project',
    [
      ['Architecture', 'architecture'],
      ['Benchmarks', 'benchmarks'],
      ['Benchmarks of locks', 'benchmarks-locks'],
    ],
  ],
])

export const chinese = sidebar('/zh-TW/', [['開始', [['指南', 'guide']]]])
