import { type DefaultTheme, defineConfig } from 'vitepress'
import { chinese, english } from './sidebar.mjs'
import { words } from './words.mjs'

const REPOSITORY = 'https://github.com/gravito-framework/gravito-redis'

/** The API reference is there when the site was built by `npm run site`. */
const api = (text: string): DefaultTheme.NavItem[] =>
  process.env.DOCS_API ? [{ text, link: '/api/index.html', target: '_self' }] : []

const searchInChinese: Partial<DefaultTheme.LocalSearchOptions> = {
  translations: {
    button: { buttonText: '搜尋', buttonAriaLabel: '搜尋' },
    modal: {
      displayDetails: '顯示詳細內容',
      resetButtonTitle: '清除',
      backButtonTitle: '關閉',
      noResultsText: '找不到結果：',
      footer: { selectText: '選取', navigateText: '切換', closeText: '關閉' },
    },
  },
}

export default defineConfig({
  title: 'Redis for Gravito',
  description: 'A typed Redis client, cache store and locks for TypeScript',
  cleanUrls: true,
  srcExclude: ['**/test/**'],
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/logo.svg' }]],
  themeConfig: {
    logo: '/logo.svg',
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    search: {
      provider: 'local',
      options: {
        miniSearch: { options: { tokenize: words } },
        locales: { 'zh-TW': searchInChinese },
      },
    },
  },
  locales: {
    root: {
      label: 'English',
      lang: 'en',
      themeConfig: {
        nav: [
          { text: 'Guide', link: '/guide' },
          { text: 'Commands', link: '/commands' },
          { text: 'Errors', link: '/errors' },
          ...api('API'),
        ],
        sidebar: english,
      },
    },
    'zh-TW': {
      label: '繁體中文',
      lang: 'zh-TW',
      title: 'Gravito 的 Redis',
      description: 'TypeScript 的 Redis 用戶端、快取與鎖',
      themeConfig: {
        nav: [
          { text: '指南', link: '/zh-TW/guide' },
          { text: '設定', link: '/zh-TW/configuration' },
          { text: '錯誤', link: '/zh-TW/errors' },
          ...api('API'),
        ],
        sidebar: chinese,
        outline: { level: [2, 3], label: '本頁內容' },
        docFooter: { prev: '上一頁', next: '下一頁' },
        darkModeSwitchLabel: '外觀',
        sidebarMenuLabel: '選單',
        returnToTopLabel: '回到頁首',
        langMenuLabel: '語言',
      },
    },
  },
})
