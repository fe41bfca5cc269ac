/** Chinese has no spaces between words: let the platform find them. */
export const words = (text: string): string[] =>
  [...new Intl.Segmenter('zh-TW', { granularity: 'word' }).segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment.toLowerCase())
