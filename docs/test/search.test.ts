import { expect, test } from 'vitest'
import { words } from '../.vitepress/words.mjs'

test('the search cuts Chinese into words, and leaves names whole', () => {
  expect(words('設定連線逾時')).toEqual(['設定', '連線', '逾時'])
  expect(words('RedisClient 的 commandTimeout：5000')).toEqual([
    'redisclient',
    '的',
    'commandtimeout',
    '5000',
  ])
})
