// What the page's modules share.

const TOAST_MS = 6_000

export const number = new Intl.NumberFormat('en')

/** @param {string} id @returns {HTMLElement} */
export const at = id => /** @type {HTMLElement} */ (document.getElementById(id))

/** An element with a class, a text and children. */
export function element(tag, className = '', text = '', ...children) {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (text) made.textContent = text
  made.append(...children)
  return made
}

/** GET without a body, POST with one. */
export async function request(path, body) {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const response = await fetch(path, body && { ...post, body: JSON.stringify(body) })
  const reply = await response.json()
  if (!response.ok) throw new Error(reply.error)
  return reply
}

let toastTimer
export function toast(error) {
  at('toast').textContent = error.message
  at('toast').hidden = false
  clearTimeout(toastTimer)
  toastTimer = setTimeout(() => {
    at('toast').hidden = true
  }, TOAST_MS)
}

export function megabytes(bytes) {
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

export function seconds(ms) {
  return `${(ms / 1_000).toFixed(2)} s`
}

/** Milliseconds for people. */
export function short(ms) {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`
  return ms >= 10 ? `${Math.round(ms)} ms` : `${ms.toFixed(2)} ms`
}

const HUES = ['Ada', 'Ben', 'Cleo', 'Dev']

/** A process as a chip in its colour. */
export function chip(member, more = '') {
  const made = element('span', 'chip', member ?? '…')
  made.dataset.hue = String(HUES.indexOf(member))
  if (more) made.append(element('small', '', more))
  return made
}

/** The end of a token, which is what changes. */
export const tail = token => `…${String(token).slice(-6)}`

/** A button that sends `body()` and is disabled until the answer is there. */
export function button(label, send, className = '') {
  const made = /** @type {HTMLButtonElement} */ (element('button', className, label))
  made.type = 'button'
  made.addEventListener('click', async () => {
    made.disabled = true
    try {
      await send()
    } catch (error) {
      toast(error)
    } finally {
      made.disabled = made.dataset.off === 'true'
    }
  })
  return made
}

/** Switch a button off or on for another reason than its own request. */
export function switchOff(made, off, why = '') {
  made.dataset.off = String(off)
  made.disabled = off
  made.title = off ? why : ''
}

/** A bar that shows a share from 0 to 1. */
export function bar(className = '') {
  const fill = element('div')
  const made = element('div', `bar ${className}`, '', fill)
  return {
    made,
    show: share => {
      fill.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`
    },
  }
}

/** Figures as a list of terms; `show` takes the values by term. */
export function figures(terms) {
  const values = {}
  const list = element('dl', 'figures small')
  for (const [key, label] of Object.entries(terms)) {
    values[key] = element('dd', '', '0')
    values[key].dataset.figure = key
    list.append(element('div', '', '', element('dt', '', label), values[key]))
  }
  return {
    made: list,
    show: shown => {
      for (const [key, value] of Object.entries(shown)) values[key].textContent = String(value)
    },
  }
}
