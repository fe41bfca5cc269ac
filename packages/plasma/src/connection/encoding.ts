export const byteLength = (text: string): number => Buffer.byteLength(text)
export const characters = (text: string): number => text.length

/** Up to so many arguments are measured one by one. */
export const FEW = 4

/** By name, then by number of arguments. */
const heads = new Map<string, (string | undefined)[]>()

/** `*3`, length and name of a command with two arguments. */
export function headOf(name: string, args: number): string {
  const known = heads.get(name)
  const head = known?.[args]
  if (head !== undefined) return head
  const made = `*${args + 1}\r\n$${byteLength(name)}\r\n${name}`
  if (args < 64) {
    if (known) known[args] = made
    else if (heads.size < 1_000) heads.set(name, Object.assign([], { [args]: made }))
  }
  return made
}

const lengthLines = Array.from({ length: 256 }, (_, length) => `\r\n$${length}\r\n`)

/** What stands between two arguments: the length of the next one. */
export const lengthLine = (length: number): string => lengthLines[length] ?? `\r\n$${length}\r\n`
