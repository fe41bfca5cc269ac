import { bar, chip, element, number, short, tail } from '/lib.js'

const ENDS = { holds: '', released: '✓', lost: 'lost', refused: 'refused', killed: 'killed' }

export const lock = {
  name: 'lock',
  title: 'A lock and its queue',
  lede: 'All four want the same mutex. Kill or freeze whoever holds it.',
  size: 'wide',
  build(body, { addButton }) {
    const holder = element('div', 'holder-name')
    const token = element('code', 'token')
    const lease = bar('lease')
    const queue = element('ol', 'queue')
    const served = element('ol', 'served')
    const counts = element('p', 'muted counts')
    body.append(
      element(
        'div',
        'lane',
        '',
        element('div', 'holder', '', element('small', '', 'holds it'), holder, token, lease.made),
        element('div', 'line', '', element('small', '', 'wait, first come first'), queue),
      ),
      element('small', '', 'served, the newest first'),
      served,
      counts,
    )
    addButton('Kill the holder', 'kill-holder', 'danger')
    addButton('Freeze the holder', 'freeze-holder', 'danger')
    addButton('Wake', 'wake', 'quiet')

    return data => {
      const { holder: held } = data
      holder.replaceChildren(held ? chip(held.member) : chip('nobody'))
      token.textContent = held ? `token ${held.token}` : 'free'
      lease.show(held ? held.ttlMs / held.leaseMs : 0)
      queue.replaceChildren(
        ...data.waiting.map(it => {
          const item = element('li', '', '', chip(it.member, short(it.waitedMs)))
          if (it.frozen) item.dataset.frozen = 'true'
          return item
        }),
      )
      served.replaceChildren(
        ...data.served.map(it => {
          const item = element('li', '', '', chip(it.member), element('code', '', tail(it.token)))
          item.dataset.ended = it.ended
          item.append(element('small', '', ENDS[it.ended]))
          return item
        }),
      )
      counts.textContent = `${number.format(data.grants)} grants · ${number.format(data.writes)} writes · ${number.format(data.refused)} refused`
    }
  },
}
