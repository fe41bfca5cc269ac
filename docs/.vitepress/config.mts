import { defineConfig } from 'vitepress'
import { chinese, english } from './sidebar.mjs'

/** Chinese has no spaces between words: let the platform find them. */
const words = (text: string): string[] =>
  [...new Intl.Segmenter('zh-TW', { granularity: 'word' }).segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment.toLowerCase())

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
      themeConfig: { sidebar: english },
    },
    'zh-TW': {
      label: '繁體中文',
      lang: 'zh-TW',
      themeConfig: { sidebar: chinese },
    },
  },
})
