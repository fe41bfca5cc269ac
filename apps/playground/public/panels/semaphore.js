import { chip, element } from '/lib.js'

const MOST = 4

export const semaphore = {
  name: 'semaphore',
  title: 'Semaphore',
  lede: 'Desks for four; change their number while they work.',
  build(body, { addButton }) {
    const slots = element('ol', 'slots')
    const desks = Array.from({ length: MOST }, () => slots.appendChild(element('li')))
    const queue = element('ol', 'queue')
    const counts = element('p', 'muted counts')
    body.append(slots, element('small', '', 'wait'), queue, counts)
    let permits = MOST
    const fewer = addButton('One less', 'permits', 'quiet', () => ({ permits: permits - 1 }))
    fewer.dataset.action = 'fewer'
    const more = addButton('One more', 'permits', 'quiet', () => ({ permits: permits + 1 }))
    more.dataset.action = 'more'

    return data => {
      permits = data.permits
      desks.forEach((desk, i) => {
        const holder = data.holders[i]
        desk.dataset.state = holder ? 'held' : i < permits ? 'free' : 'none'
        desk.replaceChildren(holder ? chip(holder.member) : i < permits ? 'free' : '—')
      })
      queue.replaceChildren(...data.waiting.map(it => element('li', '', '', chip(it))))
      counts.textContent = `${data.held} of ${permits} held · ${data.grants} grants`
      for (const [made, off] of [
        [fewer, permits <= 1],
        [more, permits >= MOST],
      ]) {
        made.dataset.off = String(off)
        made.disabled = off
      }
    }
  },
}
