import fc from 'fast-check'
import {expect, test} from 'vitest'
import {exportAudit, readOpenings} from '@omni-ops/core/audit'
import {invoke, Registry} from '@omni-ops/core/operation'
import {TestClock} from '../../../src/testing/context.ts'
import {describeOnEachDatabase} from '../../../src/testing/store.ts'
import {testContext} from '../../../src/testing/test-context.ts'
import {consentAge, hasReached} from '../src/consent/child-age.ts'
import {personFrom} from '../src/consent/person.ts'
import plugin from '../src/index.ts'
import {consentCheck} from '../src/operations/consent-check.ts'
import {consentGive} from '../src/operations/consent-give.ts'
import {consentList} from '../src/operations/consent-list.ts'
import {consentWithdraw} from '../src/operations/consent-withdraw.ts'
import {consentWordingAdd} from '../src/operations/consent-wording-add.ts'
import {consentWordingList} from '../src/operations/consent-wording-list.ts'

const hour = 3_600_000
const user = 'Ana@Example.com'
const purpose = 'newsletter'

describeOnEachDatabase('consent', databases => {
  async function ledger() {
    const database = await databases.create(await plugin.migrations?.())
    const store = await database.open()
    const clock = new TestClock('2026-11-23T10:00:00.000Z')
    const context = testContext({store, clock, registry: new Registry([plugin])})
    await invoke(consentWordingAdd, {purpose, text: 'Send me the news.'}, context)
    return {context, clock, store}
  }

  test('holds from when it was given until it is withdrawn, and the past stays as it was', async () => {
    const {context, clock} = await ledger()
    const status = async (at?: string) => (await invoke(consentCheck, {user, purpose, at}, context)).status
    expect(await status()).toBe('never')
    const {wording_hash: hash} = await invoke(consentGive, {user, purpose, channel: 'web'}, context)
    const given = clock.now().toISOString()
    clock.advance(hour)
    await invoke(consentWithdraw, {user: 'ana@example.com'}, context)
    expect(await status()).toBe('withdrawn')
    expect(await status(given)).toBe('given')
    expect(await status('2026-11-23T09:59:59Z')).toBe('never')
    const {entries} = await invoke(consentList, {user}, context)
    expect(entries.map(entry => [entry.action, entry.wording_hash])).toEqual([
      ['given', hash],
      ['withdrawn', hash],
    ])
  })

  test('another text asks again, and the text that was asked then is still there', async () => {
    const {context, clock} = await ledger()
    const {wording_hash: hash} = await invoke(consentGive, {user, purpose}, context)
    const before = clock.now().toISOString()
    clock.advance(hour)
    const again = await invoke(consentWordingAdd, {purpose, text: 'Send me the news.'}, context)
    expect(again).toMatchObject({added: false, version: 1, hash})
    expect(await invoke(consentCheck, {user, purpose}, context)).toMatchObject({status: 'given', given: true})
    await invoke(consentWordingAdd, {purpose, text: 'Send me news and offers.'}, context)
    expect(await invoke(consentCheck, {user, purpose}, context)).toMatchObject({
      status: 'wording_changed',
      given: false,
      entry: {wording_hash: hash},
    })
    expect(await invoke(consentCheck, {user, purpose, at: before}, context)).toMatchObject({status: 'given'})
    // A translation is not another text to those who were asked in English.
    await invoke(consentWordingAdd, {purpose, text: 'Pošiljajte mi novice.', language: 'sl'}, context)
    const {wordings} = await invoke(consentWordingList, {purpose}, context)
    expect(wordings.map(({language, version}) => `${language}${version}`)).toEqual(['en2', 'en1', 'sl1'])
    await invoke(consentGive, {user, purpose, wording: wordings[0]?.hash}, context)
    expect(await invoke(consentCheck, {user, purpose}, context)).toMatchObject({status: 'given'})
  })

  test('is given to one purpose, in words that are known', async () => {
    const {context} = await ledger()
    await invoke(consentGive, {user, purpose}, context)
    expect(await invoke(consentCheck, {user, purpose: 'offers'}, context)).toMatchObject({status: 'never'})
    await expect(invoke(consentGive, {user, purpose: 'offers'}, context)).rejects.toMatchObject({
      code: 'wording_not_found',
    })
    await expect(invoke(consentGive, {user, purpose, wording: '0'.repeat(64)}, context)).rejects.toMatchObject({
      code: 'wording_not_found',
    })
  })

  test('of a child needs a guardian below the age of the country, and no age is kept', async () => {
    const {context} = await ledger()
    // 15 in Slovenia on the day of the test.
    const give = (birth_date: string, more = {}) =>
      invoke(consentGive, {user: birth_date, purpose, birth_date, ...more}, context)
    await expect(give('2011-11-24')).rejects.toMatchObject({code: 'guardian_needed', exitCode: 7})
    expect(await give('2011-11-23')).toMatchObject({age_check: 'of_age'})
    await expect(give('2011-11-23', {country: 'DE'})).rejects.toThrow('age of 16')
    expect(await give('2011-11-24', {guardian: 'Maja Novak'})).toMatchObject({
      age_check: 'guardian',
      guardian: 'Maja Novak',
    })
  })

  test('is never of tomorrow, and withdrawing what was not given writes nothing', async () => {
    const {context} = await ledger()
    await expect(invoke(consentGive, {user, purpose, at: '2026-11-23T10:00:00.001Z'}, context)).rejects.toMatchObject({
      code: 'future_time',
    })
    expect(await invoke(consentWithdraw, {user}, context)).toEqual({withdrawn: []})
    // A paper form of last week, found today: what was said since wins.
    await invoke(consentGive, {user, purpose, at: '2026-11-20T10:00:00Z'}, context)
    await invoke(consentWithdraw, {user, at: '2026-11-22T10:00:00Z'}, context)
    await invoke(consentGive, {user, purpose, at: '2026-11-21T10:00:00Z', channel: 'paper'}, context)
    expect(await invoke(consentCheck, {user, purpose}, context)).toMatchObject({status: 'withdrawn'})
  })

  test('belongs to one tenant', async () => {
    const {context, store, clock} = await ledger()
    await invoke(consentGive, {user, purpose}, context)
    const other = testContext({store, clock, tenant: 'other', registry: new Registry([plugin])})
    expect(await invoke(consentCheck, {user, purpose}, other)).toMatchObject({status: 'never'})
  })

  test('the audit log names no person', async () => {
    const {context, store} = await ledger()
    await invoke(consentGive, {user, purpose, guardian: 'Maja Novak'}, context)
    await invoke(consentWithdraw, {user}, context)
    let log = ''
    for await (const line of exportAudit(store, {tenant: 'acme'})) log += line
    expect(log).toContain('consent.withdrawn')
    expect(log.toLowerCase()).not.toMatch(/ana@example|novak/)
    // Who it was about can be told beside the log, until the person is erased.
    expect(await readOpenings(store, {tenant: 'acme', seq: 2})).toMatchObject([
      {field: 'person', value: 'ana@example.com'},
    ])
  })
})

test('withdrawing asks for nothing that giving does not', () => {
  const required = (schema: {shape: Record<string, {safeParse: (value: undefined) => {success: boolean}}>}) =>
    Object.entries(schema.shape).flatMap(([name, field]) => (field.safeParse(undefined).success ? [] : [name]))
  const giving = required(consentGive.input)
  const withdrawing = required(consentWithdraw.input)
  expect(withdrawing.filter(name => !giving.includes(name))).toEqual([])
  expect(withdrawing.length).toBeLessThan(giving.length)
})

test('a person is written in one way', () => {
  expect(personFrom(' Ana@Example.COM ')).toEqual({kind: 'email', value: 'ana@example.com'})
  expect(personFrom('+386 (0)41 123-456')).toEqual({kind: 'phone', value: '+38641123456'})
  expect(personFrom('u-17')).toEqual({kind: 'user_id', value: 'u-17'})
  expect(() => personFrom('  ')).toThrow('Nobody')
})

test('an age is reached on the birthday, and by one of 29 February on 1 March', () => {
  expect(hasReached(15, '2008-02-29', '2023-02-28')).toBe(false)
  expect(hasReached(15, '2008-02-29', '2023-03-01')).toBe(true)
  fc.assert(
    fc.property(fc.integer({min: 1900, max: 2090}), fc.integer({min: 0, max: 20}), (year, age) => {
      expect(hasReached(age, `${year}-06-15`, `${year + age}-06-14`)).toBe(false)
      expect(hasReached(age, `${year}-06-15`, `${year + age}-06-15`)).toBe(true)
    }),
  )
  expect(consentAge('SI')).toEqual({age: 15, citation: 'ZVOP-2, Article 8(1)', verified: true})
  expect(consentAge('ZZ').age).toBe(16)
})
