import {describe, expect, test} from 'vitest'
import type {Context} from '@omni-ops/core/operation'
import {unitContext} from '../../../../src/testing/context.ts'
import {sqliteDatabases} from '../../../../src/testing/store.ts'
import {settleCardRepresentation, settledRepresentation} from '../../src/format-preserving/card-representation.ts'
import {CardRepresentationError} from '../../src/format-preserving/errors.ts'
import {migrations} from '../../src/format-preserving/tables.ts'

describe('the form of card numbers', () => {
  const databases = sqliteDatabases()

  test('a store holds hashes or truncations, never both', async () => {
    await using store = await (await databases.create(migrations)).open()
    const context = {...unitContext(), store: async () => store} as unknown as Context
    expect(await settledRepresentation(context, 'payments')).toBeUndefined()
    await settleCardRepresentation(context, {store: 'payments', representation: 'hash'})
    await settleCardRepresentation(context, {store: 'payments', representation: 'hash'})
    const both = settleCardRepresentation(context, {store: 'payments', representation: 'truncation'})
    await expect(both).rejects.toThrow(CardRepresentationError)
    expect(await settledRepresentation(context, 'payments')).toBe('hash')
    await settleCardRepresentation(context, {store: 'receipts', representation: 'truncation'})
  })

  test('of two forms that are asked for at once, one is settled', async () => {
    await using store = await (await databases.create(migrations)).open()
    const context = {...unitContext(), store: async () => store} as unknown as Context
    const outcomes = await Promise.allSettled(
      (['hash', 'truncation'] as const).map(representation =>
        settleCardRepresentation(context, {store: 'payments', representation}),
      ),
    )
    expect(outcomes.map(({status}) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })
})
