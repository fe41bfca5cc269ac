import { bar, chip, element, number, short, switchOff, tail } from '/lib.js'

const ENDS = {
  holds: '',
  released: '✓',
  lost: 'lost',
  refused: 'refused',
  killed: 'killed',
  frozen: 'frozen',
}

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
    const wake = addButton('Wake', 'wake', 'quiet')

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
          const ended =
            it.ended === 'holds' && data.frozen.includes(it.member) ? 'frozen' : it.ended
          item.dataset.ended = ended
          item.append(element('small', '', ENDS[ended]))
          return item
        }),
      )
      wake.textContent = ['Wake', ...data.frozen].join(' ')
      switchOff(wake, data.frozen.length === 0, 'Nobody is frozen')
      counts.textContent = `${number.format(data.grants)} grants · ${number.format(data.writes)} writes · ${number.format(data.refused)} refused`
    }
  },
}
