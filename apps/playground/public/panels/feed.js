import { chip, element, number } from '/lib.js'

export const feed = {
  name: 'feed',
  title: 'Pub/sub',
  lede: 'Every process publishes, one subscription hears them all.',
  size: 'half',
  build(body) {
    const counts = element('p', 'counts')
    const list = element('ol', 'feed')
    body.append(counts, list)
    return data => {
      counts.textContent = `${number.format(data.received)} heard · ${data.perSecond.toFixed(1)} per second · ${number.format(data.missed)} missed while away`
      list.replaceChildren(
        ...data.messages.map(({ from, seq, text }) =>
          element(
            'li',
            '',
            '',
            chip(from),
            element('code', '', `#${seq}`),
            element('span', '', text),
          ),
        ),
      )
    }
  },
}
