// The live panels: each module says what it shows; this file puts it into a card and keeps it up to date.
import { at, button, element, request } from '/lib.js'
import { cache } from '/panels/cache.js'
import { connections } from '/panels/connections.js'
import { feed } from '/panels/feed.js'
import { journal } from '/panels/journal.js'
import { limiter } from '/panels/limiter.js'
import { lock } from '/panels/lock.js'
import { semaphore } from '/panels/semaphore.js'
import { stream } from '/panels/stream.js'

const PANELS = [connections, journal, lock, semaphore, cache, limiter, stream, feed]

/** Put every panel on the page. Returns who takes their data. */
export function mountPanels() {
  const updates = Object.fromEntries(PANELS.map(panel => [panel.name, mount(panel)]))
  return ({ name, data }) => updates[name]?.(data)
}

function mount({ name, title, lede, size = '', build }) {
  const heading = element('h3', '', title)
  heading.id = `${name}-title`
  const body = element('div', 'panel-body')
  const promises = element('ul', 'promises')
  const buttons = element('div', 'buttons')
  const card = element('section', `card panel ${size}`, '', heading, element('p', 'muted', lede))
  card.id = `panel-${name}`
  card.setAttribute('aria-labelledby', heading.id)
  card.append(body, buttons, promises)
  at('panels').append(card)
  const send = (action, fields = {}) => request(`/api/panels/${name}/${action}`, fields)
  /** A button in the panel's foot; it carries its action's name. */
  const addButton = (label, action, className, fields = () => ({})) => {
    const made = button(label, () => send(action, fields()), className)
    made.dataset.action = action
    buttons.append(made)
    return made
  }
  const update = build(body, { send, addButton, buttons })
  return data => {
    update(data)
    if (data.promises) showPromises(promises, data.promises)
    card.dataset.live = 'true'
  }
}

function showPromises(list, promises) {
  while (list.children.length < promises.length) list.append(element('li'))
  promises.forEach(({ text, kept }, i) => {
    const item = list.children[i]
    if (item.textContent !== text) item.textContent = text
    item.dataset.kept = String(kept)
  })
}
