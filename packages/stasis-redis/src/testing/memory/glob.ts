const SPECIAL = /[.+^${}()|\\/[\]*?-]/g
const literal = (text: string): string => text.replace(SPECIAL, '\\$&')

/** What Redis' globs mean: `*`, `?`, `[a-z]`, `[^a]`, and `\` in front of a character that is meant literally. */
export function globPattern(glob: string): RegExp {
  let source = ''
  for (let i = 0; i < glob.length; i++) {
    const character = glob.charAt(i)
    const end = character === '[' ? glob.indexOf(']', i + 1) : -1
    if (character === '*') source += '.*'
    else if (character === '?') source += '.'
    else if (character === '\\' && i + 1 < glob.length) source += literal(glob.charAt(++i))
    else if (end > i + 1) {
      const body = glob.slice(i + 1, end)
      const negated = body.startsWith('^')
      const set = (negated ? body.slice(1) : body)
        .replace(/[\\\]^]/g, '\\$&')
        .replace(/([^\\])-([^\\])/g, (range, a: string, b: string) => (a > b ? `${b}-${a}` : range))
      source += set === '' ? '[^]' : `[${negated ? '^' : ''}${set}]`
      i = end
    } else source += literal(character)
  }
  return new RegExp(`^${source}$`, 's')
}
