import {describe, expect, test} from 'vitest'
import type {Catalogue} from '../src/catalogue/catalogue.ts'
import {checkCatalogue} from '../src/catalogue/check-catalogue.ts'
import {inferCatalogue} from '../src/catalogue/infer-catalogue.ts'
import {sessionOn} from './support/data.ts'

const lines = (head: string, count: number, row: (index: number) => readonly unknown[]) =>
  `${head}\n${Array.from({length: count}, (_, index) => row(index).join(',')).join('\n')}\n`

/** A shop as somebody's database has it: numbered keys everywhere, of which any holds the numbers of any other. */
const shop = {
  'customers.csv': lines('id,name,country_code', 40, at => [
    at + 1,
    `Customer ${at}`,
    ['SI', 'AT', 'DE', 'IT'][at % 4],
  ]),
  'countries.csv': lines('iso,name', 5, at => [
    ['SI', 'AT', 'DE', 'IT', 'HR'][at],
    ['Slovenia', 'Austria', 'Germany', 'Italy', 'Croatia'][at],
  ]),
  'products.csv': lines('ProductID,title', 60, at => [at + 1, `Product ${at}`]),
  'orders.csv': lines(
    'order_id,ordered_on,CustomerID,ProductID,rating,amount,curr,status_code,refund_rate,wait_ms,lead',
    300,
    at => [
      at + 1,
      `2026-01-${String(1 + (at % 28)).padStart(2, '0')}`,
      1 + (at % 40),
      1 + (at % 60),
      1 + (at % 5),
      (at * 1.5).toFixed(2),
      at % 3 === 0 ? 'USD' : 'EUR',
      [200, 404, 500][at % 3],
      ((at % 10) / 10).toFixed(1),
      at * 3,
      `note ${at}`,
    ],
  ),
}

async function draftOf(files: Readonly<Record<string, string>>): Promise<Catalogue> {
  const session = await sessionOn(files)
  const draft = await inferCatalogue(session)
  checkCatalogue(draft, await session.schema())
  return draft
}

describe('a draft from values', () => {
  test('joins tables by columns whose values are all keys of another, by name where numbers could be any', async () => {
    const draft = await draftOf(shop)
    const joins = Object.entries(draft.tables).flatMap(([table, each]) => each.joins.map(join => [table, join]))
    expect(joins).toEqual([
      ['customers', {table: 'countries', on: {country_code: 'iso'}}],
      ['orders', {table: 'customers', on: {CustomerID: 'id'}}],
      ['orders', {table: 'products', on: {ProductID: 'ProductID'}}],
    ])
  })

  test('knows money in the currencies that rows name, shares and milliseconds', async () => {
    const draft = await draftOf(shop)
    expect(draft.metrics).toMatchObject({
      amount: {kind: 'sum', unit: {kind: 'currency', column: 'curr'}},
      refund_rate: {kind: 'maximum', unit: {kind: 'share'}},
      wait_ms: {kind: 'mean', unit: {kind: 'milliseconds'}},
    })
  })

  test('takes whole numbers of few values for kinds, and what is different in nearly each row for none', async () => {
    const draft = await draftOf(shop)
    expect(draft.dimensions).toMatchObject({
      status_code: {column: 'status_code', ordered: true},
      rating: {column: 'rating', ordered: true},
      curr: {column: 'curr'},
    })
    expect(Object.values(draft.dimensions).map(({column}) => column)).not.toContain('lead')
    expect(draft.metrics).not.toHaveProperty('status_code')
  })
})

test('one value that is no key, or no numbers of the name, is no reference', async () => {
  const {tables} = await draftOf({
    'customers.csv': lines('id,name', 10, at => [at + 1, `C${at}`]),
    'orders.csv': lines('order_id,customer_id', 30, at => [at + 1, at === 29 ? 11 : 1 + (at % 10)]),
    'visits.csv': lines('visit_id,quantity', 30, at => [at + 1, 1 + (at % 10)]),
  })
  expect(Object.values(tables).flatMap(({joins}) => joins)).toEqual([])
})
