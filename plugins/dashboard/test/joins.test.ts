import {expect, test} from 'vitest'
import {assertKeys} from '../src/query/assert-keys.ts'
import {catalogueOf, sessionOn, show} from './support/data.ts'

const signIns = `id,at,account,seconds
1,2026-01-01T08:00:00Z,a,1.5
2,2026-01-01T09:00:00Z,a,2.5
3,2026-01-01T10:00:00Z,b,4
4,2026-01-01T11:00:00Z,gone,8
5,2026-01-01T12:00:00Z,,16
`
const accounts = 'account,country,plan\na,Austria,small\nb,Slovenia,large\nunused,Croatia,large\n'

const catalogue = catalogueOf({
  tables: {
    sign_ins: {
      key: ['id'],
      time: {column: 'at', kind: 'instant'},
      measures: {seconds: 'amount'},
      joins: [{table: 'accounts', on: {account: 'account'}}],
    },
    accounts: {key: ['account']},
  },
  metrics: {
    sign_ins: {kind: 'count', title: 'Sign-ins', table: 'sign_ins', unit: {kind: 'count'}},
    seconds: {kind: 'sum', title: 'Seconds', table: 'sign_ins', column: 'seconds', unit: {kind: 'seconds'}},
    people: {kind: 'distinct', title: 'People', table: 'sign_ins', column: 'account', unit: {kind: 'count'}},
  },
  dimensions: {
    country: {title: 'Country', table: 'accounts', column: 'country'},
    plan: {title: 'Plan', table: 'accounts', column: 'plan'},
  },
})
const panel = {
  id: 'p',
  kind: 'breakdown',
  title: 'P',
  metrics: ['sign_ins', 'seconds', 'people'],
  dimension: 'country',
  rank_by: 'seconds',
}
const period = {unit: 'day', count: 1}

test('sign-ins told by the country of their account: each is counted once, also one whose account is not there', async () => {
  const session = await sessionOn({'sign_ins.csv': signIns, 'accounts.csv': accounts})
  const {data} = await show(session, {catalogue, panel, period})
  expect(data).toMatchObject({
    categories: [{label: '(none)'}, {label: 'Austria'}, {label: 'Slovenia'}],
    series: [{values: ['2', '2', '1']}, {values: ['24', '4', '4']}, {values: ['1', '1', '1']}],
    totals: ['5', '32', '3'],
  })
  const filtered = {...panel, filters: [{dimension: 'plan', values: ['small']}]}
  const {data: small} = await show(session, {catalogue, panel: filtered, period})
  expect(small).toMatchObject({categories: [{label: 'Austria'}], totals: ['2', '4', '1']})
})

test('accounts with two rows of one key, over which sign-ins would be counted twice, are refused', async () => {
  const session = await sessionOn({'sign_ins.csv': signIns, 'accounts.csv': `${accounts}a,Germany,small\n`})
  await expect(assertKeys(catalogue, session)).rejects.toThrow('Rows of accounts are not told apart by account')
})

test('accounts told by their sign-ins, of which each has many, are refused', async () => {
  const session = await sessionOn({'sign_ins.csv': signIns, 'accounts.csv': accounts})
  const turned = catalogueOf({
    tables: {...catalogue.tables, accounts: {key: ['account'], time: {column: 'since', kind: 'date'}}},
    metrics: {accounts: {kind: 'count', title: 'A', table: 'accounts', unit: {kind: 'count'}}},
    dimensions: {day: {title: 'D', table: 'sign_ins', column: 'at'}},
  })
  const other = {...panel, metrics: ['accounts'], dimension: 'day', rank_by: undefined}
  await expect(show(session, {catalogue: {...turned, tables: catalogue.tables}, panel: other, period})).rejects.toThrow(
    'over many it would be counted more than once',
  )
})
