/** The servers that a client talks to; plain data, for it travels to another process. */
export type Target =
  | { kind: 'single'; url: string }
  | { kind: 'tls'; url: string; ca: string }
  | { kind: 'cluster'; nodes: readonly Address[] }

export interface Address {
  host: string
  port: number
}

/** Host and port of a target with one server. */
export function addressOf({ url }: { url: string }): Address {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}
