import { at, element, megabytes, number, request, seconds, toast } from '/lib.js'
import { mountPanels } from '/panels/board.js'

const HEALTH_EVERY_MS = 2_000
const MESSAGES = 5
const LICENCES = 8

const STAGES = {
  idle: 'Waiting to start',
  finding: 'Looking for packages …',
  auditing: 'Auditing …',
  checking: 'Comparing with a sequential scan …',
}

listen()
checkHealth()
request('/api/counter').then(({ value }) => showCounter(value), toast)

on('again', 'click', () => request('/api/audit', {}))
on('forget', 'click', () => request('/api/audit', { forget: true }))
on('kill-worker', 'click', () => request('/api/audit/kill', {}))
on('count', 'click', async () => showCounter((await request('/api/counter', { by: 1 })).value))
on('count-many', 'click', async () => {
  const replies = await Promise.all(
    Array.from({ length: 100 }, () => request('/api/counter', { by: 1 })),
  )
  showCounter(Math.max(...replies.map(({ value }) => value)))
})
on('cache', 'submit', async form => {
  const { hit, value, tookMs } = await request(`/api/cached/${encodeURIComponent(form.key.value)}`)
  say('cached', `${hit ? 'Hit' : 'Miss'} in ${tookMs.toFixed(1)} ms`, value.slice(0, 16))
})
on('lock', 'submit', async form => {
  say('locked', 'Waiting …')
  try {
    const held = await request(`/api/lock/${encodeURIComponent(form.name.value)}`, {})
    say('locked', `Held after ${Math.round(held.waitedMs)} ms`, `token ${held.token}`)
  } catch (error) {
    say('locked', 'Not held')
    throw error
  }
})
on('publish', 'submit', form => request('/api/publish', { message: form.message.value }))

function listen() {
  const showPanel = mountPanels()
  const events = new EventSource('/api/events')
  events.addEventListener('panel', ({ data }) => showPanel(JSON.parse(data)))
  events.addEventListener('audit', ({ data }) => showAudit(JSON.parse(data)))
  events.addEventListener('message', ({ data }) => showMessage(JSON.parse(data)))
}

async function checkHealth() {
  const health = at('health')
  try {
    const { ok, latencyMs, status, error } = await (await fetch('/health/redis')).json()
    health.dataset.ok = String(ok)
    health.textContent = ok ? `Redis ready · ${latencyMs.toFixed(1)} ms` : `Redis ${status}`
    health.title = error ?? ''
  } catch {
    health.dataset.ok = 'false'
    health.textContent = 'Server away'
  }
  setTimeout(checkHealth, HEALTH_EVERY_MS)
}

function showAudit(audit) {
  const { stage, packages, total } = audit
  const running = stage in STAGES && stage !== 'idle'
  const share = total > 0 ? (packages / total) * 100 : 0
  at('root').textContent = audit.root
  at('packages').textContent = number.format(packages)
  at('of').textContent = `of ${number.format(total)} packages`
  at('progress').setAttribute('aria-valuenow', String(Math.round(share)))
  at('progress').firstElementChild.style.width = `${share}%`
  for (const field of ['files', 'hits', 'misses', 'acquired', 'handoffs'])
    at(field).textContent = number.format(audit[field])
  at('bytes').textContent = megabytes(audit.bytes)
  for (const button of ['again', 'forget']) at(button).disabled = running
  at('kill-worker').disabled = stage !== 'auditing'
  showVerdict(audit)
  const licences = Object.entries(audit.licences).sort(([, a], [, b]) => b - a)
  const rest = licences.slice(LICENCES).reduce((sum, [, count]) => sum + count, 0)
  const shown = licences.slice(0, LICENCES)
  bars('licences', rest > 0 ? [...shown, ['others', rest]] : shown, number.format)
  bars(
    'largest',
    audit.largest.map(it => [shortened(it.directory), it.bytes]),
    megabytes,
  )
  const workers = Object.entries(audit.shares).sort(([a], [b]) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
  bars('workers', workers, count => `${number.format(count)} packages`)
  at('replaced').textContent =
    audit.replaced > 0 ? `${audit.replaced} died and were replaced; their work was taken back.` : ''
  at('duplicate-count').textContent = audit.duplicates.length || ''
  pairs(
    'duplicates',
    audit.duplicates.map(it => [it.name, it.versions.join(', ')]),
    'None',
  )
  const problems = Object.entries(audit.problems)
  at('problems-card').hidden = problems.length === 0
  at('problem-count').textContent = problems.length || ''
  pairs(
    'problems',
    problems.map(([directory, problem]) => [shortened(directory), problem]),
    'None',
  )
}

function showVerdict({ stage, equal, differences, elapsedMs, sequentialMs, error, workers }) {
  const verdict = at('verdict')
  if (stage === 'done') {
    const times = `${seconds(elapsedMs)} in ${workers} ${workers === 1 ? 'process' : 'processes'}, ${seconds(sequentialMs)} sequentially`
    verdict.dataset.state = equal ? 'good' : 'bad'
    verdict.textContent = equal
      ? `✓ Totals equal the sequential scan · ${times}`
      : `Totals differ from the sequential scan. ${differences.join('. ')}`
  } else {
    verdict.dataset.state = stage === 'failed' ? 'bad' : 'wait'
    verdict.textContent = stage === 'failed' ? `The audit failed: ${error}` : STAGES[stage]
  }
}

function showCounter(value) {
  at('counter').textContent = number.format(value)
}

function showMessage({ message, at: sent }) {
  const time = element('time', '', new Date(sent).toLocaleTimeString())
  const item = element('li', '')
  item.append(time, message)
  const list = at('messages')
  list.querySelector('.muted')?.remove()
  list.prepend(item)
  while (list.children.length > MESSAGES) list.lastElementChild.remove()
}

/** @param {[string, number][]} rows */
function bars(id, rows, format) {
  const largest = Math.max(1, ...rows.map(([, value]) => value))
  const items = rows.map(([name, value]) => {
    const bar = element('div', 'bar')
    const fill = element('div', '')
    fill.style.width = `${(value / largest) * 100}%`
    bar.append(fill)
    return item(name, format(value), bar)
  })
  at(id).replaceChildren(...items)
}

/** @param {[string, string][]} rows */
function pairs(id, rows, none) {
  const items = rows.map(([name, value]) => item(name, value))
  at(id).replaceChildren(...(items.length > 0 ? items : [element('li', 'muted', none)]))
}

function item(name, value, ...more) {
  const row = element('li', '')
  const label = element('span', 'name', name)
  label.title = name
  row.append(label, element('span', 'value', value), ...more)
  return row
}

/** The two lines of an output. */
function say(id, first, second = '') {
  const output = at(id)
  delete output.dataset.empty
  output.replaceChildren(first, element('br', ''), element('span', 'muted', second))
}

/** Buttons and forms: errors become a toast. */
function on(id, event, handler) {
  at(id).addEventListener(event, async happened => {
    happened.preventDefault()
    try {
      await handler(
        id === 'lock' || id === 'cache' || id === 'publish' ? happened.target.elements : undefined,
      )
    } catch (error) {
      toast(error)
    }
  })
}

function shortened(directory) {
  return directory.replace(/^node_modules\//, '').replaceAll('/node_modules/', ' › ')
}
