import {
  type ConnectionEvent,
  ConnectionFailedError,
  RedisConfigError,
  type RedisManager,
} from '@gravito/plasma'
import { addressOf, type FoundConfig } from './config.js'
import { bootPolicy, type ResolvedSettings } from './options.js'

/**
 * Check that every policy names a connection.
 *
 * @param source where the policies were written, for messages
 * @throws RedisConfigError
 */
export function checkPolicies(
  manager: RedisManager,
  { boot }: ResolvedSettings,
  source: string,
): void {
  if (typeof boot === 'string') return
  const names = manager.connections()
  const unknown = Object.keys(boot).find(it => !names.includes(it))
  if (unknown !== undefined)
    throw new RedisConfigError(
      `${source}.${unknown}`,
      `is no Redis connection; there are: ${names.join(', ')}`,
    )
}

/**
 * Open the connections, each as its policy says.
 *
 * @param tell hears of an optional connection that could not be opened
 * @throws ConnectionFailedError for a required one, or one that gives no answer within `bootTimeoutMs`
 */
export async function connectAll(
  manager: RedisManager,
  found: FoundConfig,
  settings: ResolvedSettings,
  tell: (name: string, error: Error) => void,
): Promise<void> {
  await Promise.all(
    manager.connections().map(async name => {
      const policy = bootPolicy(settings, name)
      if (policy === 'lazy') return
      const opened = connect(manager, found, name, settings.bootTimeoutMs)
      await (policy === 'required' ? opened : opened.catch(error => tell(name, error)))
    }),
  )
}

async function connect(
  manager: RedisManager,
  { config }: FoundConfig,
  name: string,
  timeoutMs: number,
): Promise<void> {
  let deadline: NodeJS.Timeout | undefined
  let failure: Error | undefined
  const hear = (event: ConnectionEvent) => {
    if (event.connection === name) failure = event.error
  }
  const tooLate = new Promise<never>((_, reject) => {
    const address = addressOf(config.connections[name] ?? {})
    deadline = setTimeout(() => {
      const reason = failure ? `; the last attempt: ${failure.message}` : ''
      const late = new Error(`no answer within ${timeoutMs} ms (bootTimeoutMs)${reason}`)
      reject(new ConnectionFailedError(name, address, late))
    }, timeoutMs)
  })
  manager.on('reconnecting', hear)
  await Promise.race([manager.connect(name), tooLate]).finally(() => {
    clearTimeout(deadline)
    manager.off('reconnecting', hear)
  })
}
