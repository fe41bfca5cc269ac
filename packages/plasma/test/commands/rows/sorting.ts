import type { Sorting } from '../../../src/commands/sorting.js'
import { type Rows, row } from './row.js'

export const sorting: Rows<Sorting<never>> = {
  sort: [
    row(
      c =>
        c.sort('k', {
          by: 'w_*',
          get: ['#', 'n_*'],
          limit: { offset: 0, count: 2 },
          order: 'desc',
          alpha: true,
        }),
      'sort p:k BY p:w_* LIMIT 0 2 GET # GET p:n_* DESC ALPHA',
    ),
    row(c => c.sort('k', { by: 'nosort' }), 'sort p:k BY nosort'),
  ],
  sortStore: [row(c => c.sortStore('k', 'd', { order: 'asc' }), 'sort p:k ASC STORE p:d')],
  sortRo: [row(c => c.sortRo('k', { by: 'w_*', order: 'desc' }), 'sort_ro p:k BY p:w_* DESC')],
}
