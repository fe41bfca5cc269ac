import { button, element, figures, number, short } from '/lib.js'

export const cache = {
  name: 'cache',
  title: 'Cache',
  lede: 'Each square is an entry, lit while it is in the cache. A flushed tag goes dark in one step.',
  size: 'wide',
  build(body, { send, addButton, buttons }) {
    const grid = element('div', 'entries')
    const numbers = figures({
      hits: 'Hits',
      misses: 'Misses',
      hitRate: 'Hit rate',
      nearHits: 'From memory',
      factoryCalls: 'Factory calls',
      avoided: 'Stampedes avoided',
    })
    const burst = element(
      'p',
      'counts',
      'A thousand requests for a cold key: the factory is called once.',
    )
    body.append(grid, numbers.made, burst)
    addButton('1,000 requests for a cold key', 'burst', 'danger')
    let tagButtons

    return data => {
      tagButtons ??= data.tags.map((tag, i) => {
        const made = button('', () => send('flush-tag', { tag }), 'quiet tag')
        made.dataset.action = `flush-${tag}`
        made.dataset.tag = String(i)
        buttons.append(made)
        return made
      })
      tagButtons.forEach((made, i) => {
        const times = data.flushed[data.tags[i]]
        made.textContent = `Flush ${data.tags[i]}${times ? ` (${times})` : ''}`
      })
      while (grid.children.length < data.entries.length) {
        const cell = element('i')
        cell.dataset.tag = String(grid.children.length % data.tags.length)
        grid.append(cell)
      }
      data.entries.forEach((isThere, n) => {
        grid.children[n].dataset.lit = String(isThere)
      })
      numbers.show({
        hits: number.format(data.hits),
        misses: number.format(data.misses),
        hitRate: `${(data.hitRate * 100).toFixed(1)} %`,
        nearHits: number.format(data.nearHits),
        factoryCalls: number.format(data.factoryCalls),
        avoided: number.format(data.avoided),
      })
      if (data.burst) {
        const { requests, processes, factoryCalls, values, tookMs } = data.burst
        burst.textContent = `${number.format(requests)} requests from ${processes} processes in ${short(tookMs)}: ${factoryCalls} factory ${factoryCalls === 1 ? 'call' : 'calls'}, ${values} ${values === 1 ? 'value' : 'values'}`
        burst.dataset.good = String(factoryCalls === 1)
      }
    }
  },
}
