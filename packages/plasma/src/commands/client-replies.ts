import { type Text, text, texts, withoutPrefix } from './replies.js'
import { camelCase, cut, linesOf, type RawMap, shaped } from './reports.js'

/**
 * A connection as CLIENT LIST shows it. What a server does not know yet, is missing; what it knows beyond this, is
 * there as well.
 */
export interface ClientInfo {
  id: number
  /** `host:port` of the other end. */
  addr: Text
  /** `host:port` of the server's end. */
  laddr: Text
  fd: number
  name: Text
  /** Seconds since it connected. */
  age: number
  /** Seconds since its last command. */
  idle: number
  /** One letter each: `N` nothing special, `M` master, `S` replica, `P` pub/sub, `b` blocked, … */
  flags: Text
  db: number
  sub: number
  psub: number
  ssub: number
  /** Commands queued after MULTI, -1 outside of it. */
  multi: number
  qbuf: number
  qbufFree: number
  argvMem: number
  multiMem: number
  rbs: number
  rbp: number
  obl: number
  oll: number
  omem: number
  totMem: number
  events: Text
  /** The last command. */
  cmd: Text
  user: Text
  /** The connection that is told of invalidations, -1 for none. */
  redir: number
  resp: number
  /** Redis 7.2. */
  libName?: Text
  /** Redis 7.2. */
  libVer?: Text
}

/** How this connection is told of keys that changed. */
export interface TrackingInfo {
  flags: Text[]
  /** The connection that is told instead, 0 for this one, -1 when nothing is tracked. */
  redirect: number
  prefixes: string[]
}

/** Fields that stay text, whatever they look like. */
const TEXTS = new Set('addr laddr name flags events cmd user lib-name lib-ver'.split(' '))

/** One line of CLIENT LIST. */
export const clientInfo = (raw: unknown): ClientInfo =>
  Object.fromEntries(
    text(raw)
      .trim()
      .split(' ')
      .map(field => {
        const [name, value] = cut(field, '=')
        return [camelCase(name), TEXTS.has(name) ? value : Number(value)]
      }),
  ) as unknown as ClientInfo

export const clientInfos = (raw: unknown): ClientInfo[] => linesOf(raw).map(clientInfo)

export const trackingInfo = (raw: RawMap, keyPrefix: string): TrackingInfo => {
  const { flags, redirect, prefixes } = shaped(raw)
  return {
    flags: texts(flags as unknown[]),
    redirect: Number(redirect),
    prefixes: (prefixes as string[]).map(it => withoutPrefix(it, keyPrefix)),
  }
}
