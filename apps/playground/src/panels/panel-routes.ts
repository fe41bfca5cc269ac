import { readBody } from '../input.js'
import type { Handler, PlanetCore } from '../kernel.js'
import type { Board } from './board.js'

/** The panels' data and buttons. */
export function addPanelRoutes(
  { router }: PlanetCore,
  board: Board,
  answer: (handler: Handler) => Handler,
): void {
  router.get(
    '/api/panels/:panel',
    answer(async c => {
      const panel = c.req.param('panel') ?? ''
      await board.start()
      const data = await board.snapshot(panel)
      return data ? c.json(data) : c.json({ error: `There is no panel "${panel}".` }, 404)
    }),
  )
  router.post(
    '/api/panels/:panel/:action',
    answer(async c => {
      const panel = c.req.param('panel') ?? ''
      const name = c.req.param('action') ?? ''
      const action = board.action(panel, name)
      if (!action) return c.json({ error: `There is no "${name}" in "${panel}".` }, 404)
      const body = await readBody(c, [...(action.fields ?? [])])
      await board.start()
      return c.json(await action.run(body))
    }),
  )
}
