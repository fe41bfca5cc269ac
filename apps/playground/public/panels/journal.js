import { element } from '/lib.js'

export const journal = {
  name: 'journal',
  title: 'What just happened',
  lede: 'What you broke, and what came of it.',
  size: 'tall',
  build(body) {
    const list = element('ol', 'journal')
    list.setAttribute('aria-live', 'polite')
    list.append(element('li', 'muted', 'Nothing yet. Press a red button.'))
    body.append(list)
    return ({ entries }) => {
      if (entries.length === 0) return
      const items = entries.map(({ at, tone, text }) => {
        const item = element(
          'li',
          '',
          '',
          element('time', '', new Date(at).toLocaleTimeString()),
          text,
        )
        item.dataset.tone = tone
        return item
      })
      list.replaceChildren(...items)
    }
  },
}
