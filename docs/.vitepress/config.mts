import { defineConfig } from 'vitepress'

/** Chinese has no spaces between words: let the platform find them. */
const words = (text: string): string[] =>
  [...new Intl.Segmenter('zh-TW', { granularity: 'word' }).segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment.toLowerCase())

const pages = (base: string, titles: [text: string, file: string][]) =>
  titles.map(([text, file]) => ({ text, link: `${base}${file}` }))

export default defineConfig({
  title: 'Redis for Gravito',
  description: 'A typed Redis client, cache store and locks for TypeScript',
  cleanUrls: true,
  srcExclude: ['**/test/**'],
  themeConfig: {
    search: { provider: 'local', options: { miniSearch: { options: { tokenize: words } } } },
  },
  locales: {
    root: {
      label: 'English',
      lang: 'en',
      themeConfig: {
        sidebar: pages('/', [
          ['Guide', 'guide'],
          ['The client', 'client'],
          ['Data, type by type', 'data'],
          ['Scripts, users and the server', 'administration'],
          ['Commands', 'commands'],
          ['Streams', 'streams'],
          ['Places, bits and estimates', 'geo-and-bits'],
          ['The orbit', 'orbit'],
          ['Locks', 'locks'],
          ['The cache', 'cache'],
          ['CommandKit', 'commandkit'],
          ['Triva', 'triva'],
          ['Architecture', 'architecture'],
          ['Benchmarks', 'benchmarks'],
          ['Benchmarks of the cache', 'benchmarks-cache'],
          ['Benchmarks of locks', 'benchmarks-locks'],
        ]),
      },
    },
    'zh-TW': {
      label: '繁體中文',
      lang: 'zh-TW',
      themeConfig: { sidebar: pages('/zh-TW/', [['指南', 'guide']]) },
    },
  },
})
