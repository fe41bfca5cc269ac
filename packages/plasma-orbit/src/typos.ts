/** The same letters in another case or order, or up to two wrong in a longer word. */
export function isTypo(name: string, known: string): boolean {
  const [a, b] = [name.toLowerCase(), known.toLowerCase()]
  if (a === b) return true
  return b.length > 4 && (sorted(a) === sorted(b) || distance(a, b) <= (b.length > 6 ? 2 : 1))
}

const sorted = (word: string): string => [...word].sort().join('')

/** How many letters to insert, delete or replace to get from one word to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
