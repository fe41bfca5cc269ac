import type { RedisManager } from '@gravito/plasma'
import type { Audit } from './audit/audit.js'
import { PROGRESS_CHANNEL } from './audit/keys.js'
import type { Board } from './panels/board.js'

/** Where `POST /api/publish` publishes. */
export const MESSAGES_CHANNEL = 'playground:messages'

const EVERY_MS = 120
const HEARTBEAT_MS = 15_000

/**
 * Server-sent events for one page: `audit` with the audit's state, at most every 120 ms, and `message` with what was
 * published, both fed by Redis pub/sub; `panel` with the name and the data of a panel that changed. Ends with the page.
 */
export function streamEvents(redis: RedisManager, audit: Audit, board: Board): Response {
  const encoder = new TextEncoder()
  const closed = new AbortController()
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (event: string, data: unknown) => {
        if (!closed.signal.aborted)
          controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`))
      }
      const refresh = atMostEvery(EVERY_MS, closed.signal, async () =>
        send('audit', await audit.state()),
      )
      const heartbeat = setInterval(() => {
        if (!closed.signal.aborted) controller.enqueue(encoder.encode(': still here\n\n'))
      }, HEARTBEAT_MS)
      const unlisten = audit.onStage(refresh)
      const unwatch = board.watch((name, data) => send('panel', { name, data }))
      closed.signal.addEventListener('abort', () => {
        clearInterval(heartbeat)
        unlisten()
        unwatch()
      })
      const subscriptions = await Promise.all([
        redis.subscribe(PROGRESS_CHANNEL, refresh),
        redis.subscribe(MESSAGES_CHANNEL, message => send('message', JSON.parse(message))),
      ]).catch(error => {
        controller.error(error)
        closed.abort()
        return []
      })
      const unsubscribe = () => {
        for (const subscription of subscriptions) subscription.unsubscribe().catch(() => undefined)
      }
      if (closed.signal.aborted) return unsubscribe()
      closed.signal.addEventListener('abort', unsubscribe)
      refresh()
    },
    cancel() {
      closed.abort()
    },
  })
  return new Response(stream, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  })
}

/** Calls `run` now or when its turn comes, and once more for what happened meanwhile; errors wait for the next turn. */
function atMostEvery(ms: number, signal: AbortSignal, run: () => Promise<void>): () => void {
  let wanted = false
  let busy = false
  const turn = async () => {
    if (busy || signal.aborted) return
    busy = true
    while (wanted && !signal.aborted) {
      wanted = false
      await run().catch(() => undefined)
      await new Promise(resolve => setTimeout(resolve, ms))
    }
    busy = false
  }
  return () => {
    wanted = true
    void turn()
  }
}
