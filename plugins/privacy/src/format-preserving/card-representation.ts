import type {Context} from '@omni-ops/core/operation'
import {CardRepresentationError} from './errors.ts'
import type {CardTables} from './tables.ts'

/** In which form a store keeps card numbers that it must not keep as they are. */
export type CardRepresentation = 'hash' | 'truncation'

/**
 * Settles for a store, for good, whether it holds hashes or truncations of card numbers. With both at hand the missing
 * middle digits of a number can be found by trying (PCI DSS 4.0.1, requirement 3.5.1). Call it before the first card of
 * a store is written; asking again for the same form is fine. Throws CardRepresentationError for the other form.
 */
export async function settleCardRepresentation(
  context: Context,
  {store: name, representation}: {readonly store: string; readonly representation: CardRepresentation},
): Promise<void> {
  const store = await context.store()
  const settled = await settledRepresentation(context, name)
  if (settled === representation) return
  const audit = {action: 'card_representation.settled', resource: `store:${name}`, details: {representation}}
  if (settled !== undefined) throw otherForm(name, settled, representation)
  await store.unit(context, {audit}, async unit => {
    const database = unit.database<CardTables>()
    const row = await database
      .selectFrom('privacy_card_stores')
      .select('representation')
      .where('name', '=', name)
      .executeTakeFirst()
    if (row && row.representation !== representation) throw otherForm(name, row.representation, representation)
    if (row) return
    await database
      .insertInto('privacy_card_stores')
      .values({name, representation, settled_at: context.clock.now().toISOString()})
      .execute()
  })
}

/** The form that was settled for a store, if any was. */
export async function settledRepresentation(context: Context, name: string): Promise<CardRepresentation | undefined> {
  const database = (await context.store()).read<CardTables>(context.tenant)
  const row = await database
    .selectFrom('privacy_card_stores')
    .select('representation')
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.representation as CardRepresentation | undefined
}

function otherForm(name: string, settled: string, asked: CardRepresentation): CardRepresentationError {
  return new CardRepresentationError(
    `${name} holds card numbers as ${settled}, so it cannot hold them as ${asked} too`,
    {
      hint: 'use a token, or another store that nobody can join with this one',
    },
  )
}
