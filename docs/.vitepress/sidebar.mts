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
      ['The orbit', 'orbit'],
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
      ['Benchmarks of the cache', 'benchmarks-cache'],
    ],
  ],
])

export const chinese = sidebar('/zh-TW/', [
  [
    '開始',
    [
      ['指南', 'guide'],
      ['在 Gravito 應用中使用', 'guide-gravito'],
      ['Orbit', 'orbit'],
      ['在 Node 或 Bun 服務中使用', 'guide-service'],
      ['Atlas 使用者', 'guide-atlas'],
    ],
  ],
  [
    '用戶端',
    [
      ['設定', 'configuration'],
      ['限制、位元組、函式庫', 'client'],
      ['各種資料型別', 'data'],
      ['地點、位元與估計', 'geo-and-bits'],
      ['串流', 'streams'],
      ['發布與訂閱', 'pubsub'],
      ['管道、交易與腳本', 'transactions'],
      ['腳本、使用者與伺服器', 'administration'],
      ['錯誤', 'errors'],
    ],
  ],
  [
    '快取與協調',
    [
      ['快取', 'cache'],
      ['鎖', 'locks'],
      ['CommandKit', 'commandkit'],
      ['Triva', 'triva'],
    ],
  ],
  [
    '上線之後',
    [
      ['出錯時的承諾', 'promises'],
      ['叢集與 Sentinel', 'cluster-and-sentinel'],
      ['安全性', 'security'],
      ['可觀測性', 'observability'],
      ['疑難排解', 'troubleshooting'],
    ],
  ],
  [
    '移轉',
    [
      ['從現有的 @gravito/plasma', 'migrate-from-plasma'],
      ['從 ioredis', 'migrate-from-ioredis'],
      ['從 node-redis', 'migrate-from-node-redis'],
    ],
  ],
])
