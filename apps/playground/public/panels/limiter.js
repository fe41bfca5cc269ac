import { element, number, short } from '/lib.js'

export const limiter = {
  name: 'limiter',
  title: 'Rate limiter',
  lede: '20 in 5 seconds, counted for all processes together.',
  build(body, { addButton }) {
    const dots = element('div', 'dots')
    const text = element('p', 'counts')
    const last = element('p', 'muted counts', 'Send a hundred at once: twenty pass.')
    body.append(dots, text, last)
    addButton('100 attempts at once', 'burst', 'danger')
    addButton('Reset', 'reset', 'quiet')

    return data => {
      while (dots.children.length < data.limit) dots.append(element('i'))
      ;[...dots.children].forEach((dot, i) => {
        dot.dataset.left = String(i < data.remaining)
      })
      const wait = data.retryAfterMs > 0 ? ` · next in ${short(data.retryAfterMs)}` : ''
      text.textContent = `${data.remaining} of ${data.limit} left${wait}`
      if (data.last)
        last.textContent = `Last burst: ${data.last.allowed} of ${data.last.attempts} allowed, from ${data.last.processes} processes. In all ${number.format(data.allowed)} allowed, ${number.format(data.refused)} refused.`
    }
  },
}
