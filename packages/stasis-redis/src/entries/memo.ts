const MOST = 10_000
const LONGEST = 500

/** Keep a result that is asked for again and again, in bounded memory. */
export function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (key.length > LONGEST) return
  if (map.size >= MOST) map.clear()
  map.set(key, value)
}
