import { button, chip, element, number, short, switchOff } from '/lib.js'
import { sparkline } from '/panels/sparkline.js'

const HEAD = ['process', 'per s', 'mean', 'p50', 'p99', 'lost', '']

export const connections = {
  name: 'connections',
  title: 'Connections',
  lede: 'Five processes, each with a connection of its own, measured by plasma.',
  size: 'wide',
  build(body, { send, addButton }) {
    const rate = sparkline('commands per second')
    const latency = sparkline('mean latency')
    const server = element('p', 'muted server', 'Redis …')
    const table = element('table')
    const head = table.createTHead().insertRow()
    for (const title of HEAD) head.append(element('th', '', title))
    const rows = new Map()
    const list = table.createTBody()
    body.append(
      element('div', 'sparks', '', rate.made, latency.made),
      server,
      element('div', 'scroll', '', table),
    )
    addButton('Flush scripts', 'flush-scripts', 'danger')
    const restart = addButton('Restart Redis', 'restart-redis', 'danger')

    return data => {
      const working = data.rows.filter(row => row.recent > 0)
      const mean = working.reduce((sum, row) => sum + row.recent, 0) / (working.length || 1)
      rate.add(data.commandsPerSecond, number.format(data.commandsPerSecond))
      latency.add(mean, short(mean))
      server.textContent = data.server
        ? `Redis ${data.server.version} · ${data.server.clients} clients · ${data.server.memory} · ${number.format(data.server.commandsPerSecond)} commands/s in all`
        : 'Redis is away'
      server.dataset.away = String(!data.server)
      for (const row of data.rows) {
        if (!rows.has(row.name)) rows.set(row.name, addRow(list, row.name, send))
        rows.get(row.name)(row)
      }
      switchOff(restart, !data.isOurs, 'This Redis is not ours: REDIS_URL named it')
    }
  },
}

function addRow(list, name, send) {
  const row = list.insertRow()
  row.dataset.member = name
  const cells = HEAD.map(() => row.insertCell())
  const state = element('small', 'state')
  cells[0].append(chip(name), state)
  const kill = button('Kill', () => send('kill', { member: name }), 'danger tiny')
  const freeze = button(
    'Freeze',
    () => send(row.dataset.state === 'frozen' ? 'wake' : 'freeze', { member: name }),
    'quiet tiny',
  )
  kill.setAttribute('aria-label', `Kill ${name}`)
  if (name !== 'playground') cells.at(-1).append(kill, freeze)
  return ({ pid, state: how, status, commandsPerSecond, recent, p50, p99, reconnects }) => {
    row.dataset.state = how === 'working' && status !== 'ready' ? 'away' : how
    state.textContent = how === 'working' ? (status === 'ready' ? `pid ${pid}` : status) : how
    const texts = [
      number.format(commandsPerSecond),
      short(recent),
      short(p50),
      short(p99),
      reconnects,
    ]
    texts.forEach((text, i) => {
      cells[i + 1].textContent = String(text)
    })
    freeze.textContent = how === 'frozen' ? 'Wake' : 'Freeze'
    freeze.setAttribute('aria-label', `${freeze.textContent} ${name}`)
    switchOff(kill, how !== 'working' && how !== 'frozen', 'It does not run')
    switchOff(freeze, how !== 'working' && how !== 'frozen', 'It does not run')
  }
}
