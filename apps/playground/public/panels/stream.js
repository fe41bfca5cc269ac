import { bar, chip, element, figures, number } from '/lib.js'

export const stream = {
  name: 'stream',
  title: 'A stream and its group',
  lede: 'Four consumers share the orders. What a dead one had taken, another one takes over.',
  size: 'half',
  build(body, { addButton }) {
    const numbers = figures({
      added: 'Added',
      handled: 'Handled',
      lag: 'Waiting',
      pending: 'Under way',
      again: 'Delivered again',
      deadLetters: 'Dead letters',
    })
    const list = element('ul', 'consumers')
    const rows = new Map()
    body.append(numbers.made, list)
    addButton('200 orders at once', 'add', '')
    addButton('A poisoned order', 'poison', 'danger')

    return data => {
      numbers.show({
        added: number.format(data.added),
        handled: number.format(data.handled),
        lag: number.format(data.lag),
        pending: number.format(data.pending),
        again: number.format(data.again),
        deadLetters: number.format(data.deadLetters),
      })
      const most = Math.max(1, ...data.consumers.map(it => it.handled))
      for (const { name, handled, pending } of data.consumers) {
        if (!rows.has(name)) rows.set(name, consumer(list, name))
        rows.get(name)(handled, pending, handled / most)
      }
    }
  },
}

function consumer(list, name) {
  const share = bar()
  const text = element('span', 'value')
  list.append(element('li', '', '', chip(name), share.made, text))
  return (handled, pending, part) => {
    share.show(part)
    text.textContent = `${number.format(handled)} · ${pending} under way`
  }
}
