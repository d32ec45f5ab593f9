import {invoke, Registry} from '@omni-ops/core/operation'
import {expect, test} from 'vitest'
import {consentCheck} from '../../plugins/privacy/src/operations/consent-check.ts'
import {consentGive} from '../../plugins/privacy/src/operations/consent-give.ts'
import {consentList} from '../../plugins/privacy/src/operations/consent-list.ts'
import {consentWithdraw} from '../../plugins/privacy/src/operations/consent-withdraw.ts'
import {consentWordingAdd} from '../../plugins/privacy/src/operations/consent-wording-add.ts'
import privacy from '../../plugins/privacy/src/index.ts'
import core from '../../src/core-plugin.ts'
import {describeOnEachDatabase, type TestDatabases} from '../../src/testing/store.ts'
import {testContext} from '../../src/testing/test-context.ts'
import {type ShopTables, shopPlugin} from '../support/shop-plugin.ts'

const ana = {id: 'C-77', email: 'ana@example.com', phone: '+386 40 123 456'}
const household = 'novak@example.com'
const purpose = 'news'

async function shop(databases: TestDatabases) {
  const registry = new Registry([core, privacy, shopPlugin()])
  const store = await (await databases.create(await registry.migrations())).open()
  const context = testContext({store, registry})
  const customer = {name: 'A', segment: null}
  await store.unit(context, {audit: false}, async unit => {
    await unit
      .database<ShopTables>()
      .insertInto('shop_customers')
      .values([
        {...ana, ...customer},
        {id: 'C-78', email: household, phone: '+386 40 777 001', ...customer},
        {id: 'C-79', email: household, phone: '+386 40 777 002', ...customer},
      ])
      .execute()
  })
  await invoke(consentWordingAdd, {purpose, language: 'en', text: 'I agree.'}, context)
  const status = async (user: string) => (await invoke(consentCheck, {user, purpose}, context)).status
  return {store, context, status}
}

describeOnEachDatabase('the consent of one person with several identities', databases => {
  test('holds under each of them, and ends under all with one withdrawal', async () => {
    const {store, context, status} = await shop(databases)
    await using _ = store
    await invoke(consentGive, {user: ana.email, purpose, language: 'en'}, context)
    for (const user of [ana.email, ana.phone, ana.id]) expect(await status(user), user).toBe('given')
    expect(await status('+386 40 123 457')).toBe('never')
    context.clock.advance(1000)
    await invoke(consentWithdraw, {user: ana.phone}, context)
    for (const user of [ana.email, ana.phone, ana.id]) expect(await status(user), user).toBe('withdrawn')
    expect((await invoke(consentList, {user: ana.id}, context)).entries).toHaveLength(2)
    // What joined them is gone, and the withdrawal is not.
    await store.unit(context, {audit: false}, async unit => {
      await unit.database<ShopTables>().deleteFrom('shop_customers').execute()
    })
    expect(await status(ana.email)).toBe('withdrawn')
  })

  test('is not that of somebody who shares an address with them', async () => {
    const {store, context, status} = await shop(databases)
    await using _ = store
    await invoke(consentGive, {user: '+38640777001', purpose, language: 'en'}, context)
    expect(await status('C-78')).toBe('given')
    for (const other of ['C-79', '+38640777002', household]) expect(await status(other), other).toBe('never')
  })
})
