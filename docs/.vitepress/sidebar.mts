type Group = [title: string, pages: [text: string, file: string][]]

/** A sidebar of groups; each page is given by its title and its file. */
export const sidebar = (base: string, groups: Group[]) =>
  groups.map(([text, pages]) => ({
    text,
    items: pages.map(([title, file]) => ({ text: title, link: `${base}${file}` })),
  }))

export const english = sidebar('/', [
  ['Start', [['Guide', 'guide']]],
  [
    'The client',
    [
      ['Configuration', 'configuration'],
      ['Limits, bytes, iterators', 'client'],
      ['Data, type by type', 'data'],
      ['Scripts, users and the server', 'administration'],
      ['Commands', 'commands'],
      ['Pipelines, transactions, scripts', 'transactions'],
      ['Pub/sub', 'pubsub'],
      ['Streams', 'streams'],
      ['Places, bits and estimates', 'geo-and-bits'],
      ['Errors', 'errors'],
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
      ['Benchmarks', 'benchmarks'],
    ],
  ],
  ['The project', [['Architecture', 'architecture']]],
])

export const chinese = sidebar('/zh-TW/', [['開始', [['指南', 'guide']]]])
