import { element } from '/lib.js'

const POINTS = 80
const WIDTH = 240
const HEIGHT = 48
const SVG = 'http://www.w3.org/2000/svg'

/** A number with the line of its last values. */
export function sparkline(label) {
  const value = element('strong', '', '…')
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`)
  svg.setAttribute('preserveAspectRatio', 'none')
  svg.setAttribute('aria-hidden', 'true')
  const area = document.createElementNS(SVG, 'path')
  const line = document.createElementNS(SVG, 'polyline')
  svg.append(area, line)
  const values = []
  const made = element(
    'div',
    'spark',
    '',
    element('div', '', '', value, element('small', '', label)),
    svg,
  )
  return {
    made,
    add(next, text) {
      value.textContent = text
      values.push(next)
      if (values.length > POINTS) values.shift()
      const most = Math.max(...values, 1e-9) * 1.15
      const points = values.map((it, i) => {
        const x = WIDTH - (values.length - 1 - i) * (WIDTH / (POINTS - 1))
        return `${x.toFixed(1)},${(HEIGHT - (it / most) * HEIGHT).toFixed(1)}`
      })
      line.setAttribute('points', points.join(' '))
      const first = points[0]?.split(',')[0]
      area.setAttribute('d', `M${first},${HEIGHT} L${points.join(' L')} L${WIDTH},${HEIGHT} Z`)
    },
  }
}
