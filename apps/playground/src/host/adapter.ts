import { Hono } from 'hono'

/** What orbits put into a request's context; each declares its own by augmentation. */
// biome-ignore lint/suspicious/noEmptyInterface: orbits add to it
export interface GravitoVariables {}

/** One request, as handlers and middleware see it. */
export interface Context {
  readonly req: {
    readonly url: string
    param(name: string): string | undefined
    query(name: string): string | undefined
    header(name: string): string | undefined
    text(): Promise<string>
  }
  get<K extends keyof GravitoVariables>(key: K): GravitoVariables[K] | undefined
  set(key: string, value: unknown): void
  json(data: unknown, status?: number): Response
}

export type Handler = (context: Context) => Response | Promise<Response>

export type Middleware = (
  context: Context,
  next: () => Promise<void>,
) => Response | undefined | Promise<Response | undefined>

/** Where an application registers its routes. */
export interface Router {
  get(path: string, handler: Handler): void
  post(path: string, handler: Handler): void
}

/** The kernel's HTTP side. */
export interface HttpAdapter extends Router {
  use(path: string, ...middleware: Middleware[]): void
  fetch(request: Request): Response | Promise<Response>
}

/** The kernel's HTTP side on Hono. Middleware runs for every request, whenever it was registered. */
export class HonoAdapter implements HttpAdapter {
  readonly #hono = new Hono()

  use(path: string, ...middleware: Middleware[]): void {
    for (const one of middleware)
      this.#hono.use(
        path,
        async (c, next) => (await one(c as unknown as Context, next)) as undefined,
      )
  }

  get(path: string, handler: Handler): void {
    this.#hono.get(path, c => handler(c as unknown as Context))
  }

  post(path: string, handler: Handler): void {
    this.#hono.post(path, c => handler(c as unknown as Context))
  }

  fetch(request: Request): Response | Promise<Response> {
    return this.#hono.fetch(request)
  }
}
