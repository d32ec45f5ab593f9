import {InvalidInputError} from '@omni-ops/core/operation'
import type {Catalogue} from '../catalogue/catalogue.ts'
import type {DataSession} from '../data/data-session.ts'

/** @throws InvalidInputError where a table has several rows of one key, as joins to it would count rows twice */
export async function assertKeys(catalogue: Catalogue, session: DataSession): Promise<void> {
  for (const [table, {key}] of Object.entries(catalogue.tables)) {
    if (key.length === 0) continue
    if (await session.isKey(table, key)) continue
    throw new InvalidInputError(
      `Rows of ${table} are not told apart by ${key.join(', ')}: they would be counted more than once`,
      {
        hint: 'remove the repeated rows, or name the columns of the key in the catalogue',
      },
    )
  }
}
