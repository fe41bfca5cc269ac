import { LuaError } from './values.js'

/** Where a pattern matched: from, to (exclusive), and its captures; a position capture is a number. */
export interface Match {
  readonly from: number
  readonly to: number
  readonly captures: (string | number)[]
}

const CLASSES: Record<string, RegExp> = {
  a: /[A-Za-z]/,
  c: /\p{Cc}/u,
  d: /\d/,
  l: /[a-z]/,
  p: /[!-/:-@[-`{-~]/,
  s: /[\t-\r ]/,
  u: /[A-Z]/,
  w: /[A-Za-z\d]/,
  x: /[A-Fa-f\d]/,
}

interface Capture {
  from: number
  to: number | undefined
  isPosition: boolean
}

/** The first match of a Lua pattern in `text` at or after `start`. */
export function findPattern(text: string, pattern: string, start: number): Match | undefined {
  const isAnchored = pattern.startsWith('^')
  for (let from = start; from <= text.length; from++) {
    const captures: Capture[] = []
    const to = new Matcher(text, pattern, captures).match(from, isAnchored ? 1 : 0)
    if (to !== undefined) {
      const values = captures.map(it => (it.isPosition ? it.from + 1 : text.slice(it.from, it.to)))
      return { from, to, captures: values }
    }
    if (isAnchored) return undefined
  }
  return undefined
}

class Matcher {
  constructor(
    readonly text: string,
    readonly pattern: string,
    readonly captures: Capture[],
  ) {}

  /** The end of a match of the pattern from `p` on, at `s` of the text. */
  match(s: number, p: number): number | undefined {
    const { pattern } = this
    if (p >= pattern.length) return s
    const character = pattern[p]
    if (character === '(') return this.#open(s, p)
    if (character === ')') return this.#close(s, p)
    if (character === '$' && p + 1 === pattern.length) return s === this.text.length ? s : undefined
    if (character === '%' && /\d/.test(pattern[p + 1] ?? '')) return this.#again(s, p)
    if (character === '%' && pattern[p + 1] === 'b') {
      throw new LuaError('%b is not supported')
    }
    const end = this.#classEnd(p)
    const repeat = pattern[end]
    if (repeat === '?') {
      const taken = this.#fits(s, p, end) ? this.match(s + 1, end + 1) : undefined
      return taken ?? this.match(s, end + 1)
    }
    if (repeat === '-') return this.#few(s, p, end)
    if (repeat === '*') return this.#many(s, p, end)
    if (!this.#fits(s, p, end)) return undefined
    return repeat === '+' ? this.#many(s + 1, p, end) : this.match(s + 1, end)
  }

  #open(s: number, p: number): number | undefined {
    const isPosition = this.pattern[p + 1] === ')'
    this.captures.push({ from: s, to: isPosition ? s : undefined, isPosition })
    const end = this.match(s, isPosition ? p + 2 : p + 1)
    if (end === undefined) this.captures.pop()
    return end
  }

  #close(s: number, p: number): number | undefined {
    const open = this.captures.findLast(it => it.to === undefined)
    if (!open) throw new LuaError('invalid pattern capture')
    open.to = s
    const end = this.match(s, p + 1)
    if (end === undefined) open.to = undefined
    return end
  }

  #again(s: number, p: number): number | undefined {
    const { from, to } = this.captures[Number(this.pattern[p + 1]) - 1] ?? { from: 0, to: 0 }
    const same = this.text.slice(from, to)
    return this.text.startsWith(same, s) ? this.match(s + same.length, p + 2) : undefined
  }

  #many(s: number, p: number, end: number): number | undefined {
    let most = s
    while (this.#fits(most, p, end)) most++
    for (let at = most; at >= s; at--) {
      const found = this.match(at, end + 1)
      if (found !== undefined) return found
    }
    return undefined
  }

  #few(s: number, p: number, end: number): number | undefined {
    for (let at = s; ; at++) {
      const found = this.match(at, end + 1)
      if (found !== undefined) return found
      if (!this.#fits(at, p, end)) return undefined
    }
  }

  /** Where the single-character class at `p` ends. */
  #classEnd(p: number): number {
    if (this.pattern[p] === '%') return p + 2
    if (this.pattern[p] !== '[') return p + 1
    let at = p + (this.pattern[p + 1] === '^' ? 2 : 1)
    do {
      at += this.pattern[at] === '%' ? 2 : 1
      if (at >= this.pattern.length) throw new LuaError('malformed pattern (missing ])')
    } while (this.pattern[at] !== ']')
    return at + 1
  }

  #fits(s: number, p: number, end: number): boolean {
    const character = this.text[s]
    if (character === undefined) return false
    const { pattern } = this
    if (pattern[p] === '.') return true
    if (pattern[p] === '%') return isOf(character, pattern[p + 1] ?? '')
    if (pattern[p] === '[') return isIn(character, pattern.slice(p + 1, end - 1))
    return pattern[p] === character
  }
}

function isOf(character: string, name: string): boolean {
  const known = CLASSES[name.toLowerCase()]
  if (!known) return character === name
  return known.test(character) === (name === name.toLowerCase())
}

function isIn(character: string, set: string): boolean {
  const isInverted = set.startsWith('^')
  for (let at = isInverted ? 1 : 0; at < set.length; at++) {
    const first = set[at] ?? ''
    const last = set[at + 2]
    let fits: boolean
    if (first === '%') fits = isOf(character, set[++at] ?? '')
    else if (set[at + 1] === '-' && last !== undefined) {
      fits = first <= character && character <= last
      at += 2
    } else fits = first === character
    if (fits) return !isInverted
  }
  return isInverted
}
