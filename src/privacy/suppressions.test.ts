import fc from 'fast-check'
import {expect, test} from 'vitest'
import type {Store} from '../store/index.ts'
import {describeOnEachDatabase, type TestDatabases} from '../testing/store.ts'
import {testContext} from '../testing/test-context.ts'
import {identifiersIn} from './identifier-search.ts'
import {type GivenIdentity, IdentifierSearch, ErasureJournal, liftSuppression, Suppressions} from './index.ts'
import {liftAgain} from './suppression-lift.ts'

const settings = {'erasure.key': 'a key of at least thirty-two characters'}
const ana: readonly GivenIdentity[] = [
  {kind: 'email', value: 'Ana.Novak@primer.si'},
  {kind: 'phone', value: '+386 40 123 456'},
  {kind: 'customer', value: 'Customer-17ab'},
]
const subjectOf = (identities: readonly GivenIdentity[]) => ({
  identities: identities.map(identity => ({...identity, via: 'given'}) as const),
  review: [],
})

interface Rows {
  omni_erasures: {id: string}
}

async function open(databases: TestDatabases) {
  const database = await databases.create()
  const store = await database.open()
  const context = testContext({store, settings})
  return {store, context, suppressions: await Suppressions.open(context), again: () => database.open()}
}

describeOnEachDatabase('whoever was erased', databases => {
  test('is recognised in a field and in words, however it is written there, and nobody else is', async () => {
    const {store, context, suppressions} = await open(databases)
    const asked = [
      {words: ['Write to ANA.NOVAK@primer.si.']},
      {words: [{author: 'ana.novak@primer.si'}]},
      {words: ['tel. 040/123-456']},
      {words: ['Ring 0038640123456']},
      {words: ['see https://crm.primer.si/customers/customer-17AB?tab=1']},
      {identities: [{kind: 'customer', value: 'Customer-17ab'}]},
      {identities: [{kind: 'phone', value: '040 123 456'}]},
      {words: ['jan.ana.novak@primer.si, mariana.novak@primer.si, 040 123 457, customer-17abc']},
      {identities: [{kind: 'phone', value: '+385 40 123 456'}]},
      {identities: [{kind: 'principal', value: 'Customer-17ab'}]},
    ] as const
    expect((await suppressions.among(asked)).size).toBe(0)
    await (await ErasureJournal.open(context)).begin(subjectOf(ana), {keep: new Map()})
    const found = await suppressions.among(asked)
    expect(asked.map(each => found.has(each))).toEqual([true, true, true, true, true, true, true, false, false, false])
    await store.close()
  })

  test('is let in again by what is named, and nobody else is', async () => {
    const {store, context, suppressions} = await open(databases)
    const journal = await ErasureJournal.open(context)
    const erased = async (identities: readonly GivenIdentity[]) => {
      const {id} = await journal.begin(subjectOf(identities), {keep: new Map()})
      await journal.finish(id, {erased: 0})
    }
    // Croatia's number ends as Slovenia's does.
    const bor = [
      {kind: 'phone', value: '+385 40 123 456'},
      {kind: 'email', value: 'bor@primer.si'},
    ] as const
    await erased(ana)
    await erased(bor)
    const refused = async () => {
      const asked = [...ana, ...bor].map(identity => ({identities: [identity]}))
      const found = await suppressions.among(asked)
      return asked.map(each => found.has(each))
    }
    const reason = 'Contract 2026/114'
    const lift = (given: GivenIdentity, linked = false) => liftSuppression({given: [given], linked, reason}, context)

    await expect(lift({kind: 'phone', value: '040 123 456'})).rejects.toMatchObject({code: 'ambiguous_identity'})
    await expect(lift({kind: 'email', value: 'nobody@primer.si'})).rejects.toMatchObject({code: 'not_suppressed'})
    const first = await lift({kind: 'email', value: 'ANA.novak@primer.si'})
    expect(first.left.map(({kind}) => kind)).toEqual(['phone', 'customer'])
    expect(await refused()).toEqual([false, true, true, true, true])

    const second = await lift({kind: 'phone', value: '0038640123456'}, true)
    expect(second.lifted.map(({kind}) => kind)).toEqual(['phone', 'customer'])
    expect(await refused()).toEqual([false, false, false, true, true])
    expect((await suppressions.among([{words: ['customer-17ab']}])).size).toBe(0)
    // Without a country's code it is still Bor's as well.
    expect((await suppressions.among([{words: ['Ring 040 123 456']}])).size).toBe(1)
    await expect(lift(ana[0]!)).rejects.toMatchObject({code: 'not_suppressed'})

    // What a restore brings back is let in again; who was erased again is not.
    await erased([ana[1]!])
    await store.unit(context, {audit: false}, unit => unit.database<Rows>().deleteFrom('omni_erasures').execute())
    for (const {id, subject, decisions} of await journal.missing()) {
      await journal.begin(subject, decisions, {again: true})
      await journal.finish(id, {erased: 0})
    }
    expect(await refused()).toEqual([true, true, true, true, true])
    await liftAgain(context)
    expect(await refused()).toEqual([false, true, false, true, true])
    await store.close()
  })

  test('is not let in again before the erasure is done, nor for a reason that names somebody', async () => {
    const {store, context} = await open(databases)
    await (await ErasureJournal.open(context)).begin(subjectOf(ana), {keep: new Map()})
    const lift = (reason: string) => liftSuppression({given: [ana[0]!], linked: false, reason}, context)
    await expect(lift('She is back')).rejects.toMatchObject({code: 'erasure_unfinished'})
    for (const reason of ['bor@primer.si says so', 'Rang from 040 123 456', 'Customer-17ab is back']) {
      await expect(lift(reason)).rejects.toMatchObject({code: 'reason_names_somebody'})
    }
    await store.close()
  })

  test('is one tenant\u2019s affair', async () => {
    const {store, context} = await open(databases)
    await (await ErasureJournal.open(context)).begin(subjectOf(ana), {keep: new Map()})
    const elsewhere = await Suppressions.open({...context, tenant: 'other'})
    expect((await elsewhere.among([{identities: ana}])).size).toBe(0)
    await store.close()
  })

  test.skipIf(!databases.concurrent)('does not slip in between: an erasure waits for who has asked', async () => {
    const {store, context, suppressions, again} = await open(databases)
    const other = await again()
    const order: string[] = []
    const hasAsked = Promise.withResolvers<void>()
    const mayGoOn = Promise.withResolvers<void>()
    const taking = store
      .unit(context, {audit: false}, async unit => {
        expect((await suppressions.within(unit, [{identities: ana}])).size).toBe(0)
        hasAsked.resolve()
        await mayGoOn.promise
      })
      .then(() => order.push('taken'))
    await hasAsked.promise
    const journal = await ErasureJournal.open({...context, store: async () => other})
    const erasing = journal.begin(subjectOf(ana), {keep: new Map()}).then(() => order.push('written down'))
    // Whoever does not wait is done before the other end of a queue of the database.
    await Promise.race([erasing, databaseTurns(other)])
    mayGoOn.resolve()
    await Promise.all([taking, erasing])
    expect(order).toEqual(['taken', 'written down'])
    await other.close()
    await store.close()
  })
})

/** So many answers of the database that whatever does not wait for a lock has come to its end. */
async function databaseTurns(store: Store) {
  for (let turn = 0; turn < 50; turn++) {
    await store.read<{omni_erasures: {id: string}}>('acme').selectFrom('omni_erasures').select('id').execute()
  }
}

test('whatever a search finds in words is among the identifiers that are asked for', () => {
  const around = fc.constantFrom('', ' ', '<', '>', '"', '(', ')', ', ', '. ', ':', '=', '/', '\n', '\u200b', ';', '|')
  const identity = fc.constantFrom(...ana)
  fc.assert(
    fc.property(fc.array(fc.tuple(around, identity, around), {minLength: 1, maxLength: 4}), parts => {
      const text = parts.map(([before, {value}, after]) => `${before}${value}${after}`).join(' ')
      const found = new IdentifierSearch(subjectOf(ana)).mentionedIn(text)
      const {emails, phones, others} = identifiersIn(text)
      const search = new IdentifierSearch(subjectOf(ana))
      const asked = new Set([...emails, ...phones, ...others].flatMap(each => search.mentionedIn(each)))
      expect([...asked].map(({value}) => value).toSorted()).toEqual(found.map(({value}) => value).toSorted())
    }),
  )
})
