import {column} from '@omni-ops/core/store'

const tables = /** @type {const} */ ({
  guestbook_entries: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      guest: column.text(),
      words: column.text(),
      signed_at: column.timestamp(),
    },
    primaryKey: ['id'],
    indexes: [['signed_at']],
  },
})

/**
 * Forward only: one that was released never changes, and a change of the tables is a new one below it.
 *
 * @type {import('@omni-ops/core/store').Migration[]}
 */
export const migrations = [{plugin: 'guestbook', name: '0001_entries', tables}]
