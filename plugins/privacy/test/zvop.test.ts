import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {invoke, type Remote, Registry} from '@omni-ops/core/operation'
import {residencyAgainst, ResidencyError} from '@omni-ops/core/privacy'
import core from '@omni-ops/core/plugin'
import {TestClock} from '../../../src/testing/context.ts'
import {describeOnEachDatabase} from '../../../src/testing/store.ts'
import {testContext} from '../../../src/testing/test-context.ts'
import plugin from '../src/index.ts'
import {gdprDeadline} from '../src/operations/law.ts'
import {zvopDeceased} from '../src/operations/zvop-deceased.ts'
import {zvopLog, zvopLogAdd, zvopLogExpire} from '../src/operations/zvop-log.ts'
import {zvopReport} from '../src/operations/zvop-report.ts'
import {zvopResidency} from '../src/operations/zvop-residency.ts'
import {lastDayOfKeeping} from '../src/zvop/processing-log.ts'

const registry = new Registry([core, plugin])
const dayMs = 86_400_000

describeOnEachDatabase('the processing log', databases => {
  async function log(settings: Record<string, unknown> = {}, start = '2026-11-23T10:00:00.000Z') {
    const database = await databases.create(await plugin.migrations?.())
    const clock = new TestClock(start)
    const context = testContext({store: await database.open(), clock, registry, settings})
    return {context, clock}
  }
  const read = {purpose: 'inspection'} as const

  test('is kept until the last of December two years on, and deleted on the day after', async () => {
    const {context, clock} = await log()
    const entry = await invoke(zvopLogAdd, {action: 'consultation', system: 'patients', subject: 'p-17'}, context)
    expect(entry).toMatchObject({actor: 'local', kept_until: '2028-12-31'})
    clock.advance(Date.parse('2028-12-31T22:59:59.999Z') - clock.now().getTime())
    expect(await invoke(zvopLogExpire, {}, context)).toEqual({entries: 0, deleted: true})
    clock.advance(1)
    expect(await invoke(zvopLogExpire, {dry_run: true}, context)).toEqual({entries: 1, deleted: false})
    expect((await invoke(zvopReport, {}, context)).log).toMatchObject({entries: 1, expired: 1})
    expect(await invoke(zvopLogExpire, {}, context)).toEqual({entries: 1, deleted: true})
    expect((await invoke(zvopLog, read, context)).entries).toEqual([])
  })

  test('belongs to the year of the place: half an hour before midnight in UTC is the new year in Ljubljana', async () => {
    const {context} = await log({}, '2026-12-31T23:30:00.000Z')
    expect(await invoke(zvopLogAdd, {action: 'erasure', system: 'x'}, context)).toMatchObject({
      kept_until: '2029-12-31',
    })
  })

  test('is kept longer only for a risk that somebody names', async () => {
    const {context} = await log({'privacy.processing_log_years': 5})
    await expect(invoke(zvopLogAdd, {action: 'change', system: 'x'}, context)).rejects.toMatchObject({
      code: 'log_retention',
    })
    const reason = {'privacy.processing_log_years': 5, 'privacy.processing_log_reason': 'DPIA 3'}
    const named = await log(reason)
    expect(await invoke(zvopLogAdd, {action: 'change', system: 'x'}, named.context)).toMatchObject({
      kept_until: '2031-12-31',
    })
  })

  test('says who got what was disclosed', async () => {
    const {context} = await log()
    const disclosure = {action: 'disclosure', system: 'entrance'} as const
    await expect(invoke(zvopLogAdd, disclosure, context)).rejects.toMatchObject({code: 'recipient_needed'})
    await invoke(zvopLogAdd, {...disclosure, recipient: 'Policija'}, context)
    const {entries} = await invoke(zvopLog, {...read, system: 'entrance'}, context)
    expect(entries).toMatchObject([{recipient: 'Policija', action: 'disclosure'}])
  })

  test('is read in pages, the newest first, each entry once', async () => {
    const {context, clock} = await log()
    for (let index = 0; index < 7; index += 1) {
      await invoke(zvopLogAdd, {action: 'consultation', system: 'x', details: String(index)}, context)
      // Some in the same instant.
      if (index % 2 === 0) clock.advance(1000)
    }
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await invoke(zvopLog, {...read, limit: 2, cursor}, context)
      seen.push(...page.entries.map(({id}) => id))
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    expect(new Set(seen).size).toBe(7)
    expect(seen).toHaveLength(7)
    await expect(invoke(zvopLog, {...read, cursor: 'x'}, context)).rejects.toThrow('cursor')
  })
})

test('no entry is ever kept for less than two years or more than six', () => {
  fc.assert(
    fc.property(
      fc.date({min: new Date('2023-01-26'), max: new Date('2090-01-01'), noInvalidDate: true}),
      fc.integer({min: 2, max: 5}),
      (at, years) => {
        const last = Date.parse(`${lastDayOfKeeping(at, 'Europe/Ljubljana', years, 'DPIA')}T23:00:00Z`)
        const kept = (last - at.getTime()) / dayMs
        expect(kept).toBeGreaterThan(years * 365 - 1)
        expect(kept).toBeLessThan((years + 1) * 366 + 1)
      },
    ),
  )
  expect(() => lastDayOfKeeping(new Date(), 'UTC', 6, 'DPIA')).toThrow('2 to 5')
})

describe('data on the deceased', () => {
  const context = () => testContext({clock: new TestClock('2026-11-23T10:00:00.000Z'), registry})
  const judge = async (input: object) =>
    invoke(zvopDeceased, {died: '2010-05-01', requester: 'child', ...input}, context())

  test('go to the family unless it was forbidden in writing, for twenty years', async () => {
    expect(await judge({})).toMatchObject({allowed: true, until: '2030-05-01', citation: 'ZVOP-2, Article 9'})
    expect(await judge({forbidden: true})).toMatchObject({allowed: false, reason: expect.stringContaining('9(3)')})
    expect(await judge({forbidden: true, requester: 'legal_interest'})).toMatchObject({allowed: true})
    expect(await judge({requester: 'other'})).toMatchObject({allowed: false})
    expect(await judge({died: '2006-11-23', requester: 'other'})).toMatchObject({protected: true, allowed: false})
    expect(await judge({died: '2006-11-22', requester: 'other'})).toMatchObject({protected: false, allowed: true})
  })
})

describe('residency', () => {
  const country = {'residency.country': 'SI'}
  const inSlovenia = {...country, 'residency.locations': {remote: 'SI', vectors: 'AT'}}

  test('lets everything pass without a country, and nothing of unknown or other place with one', () => {
    const read = (settings: Record<string, unknown>) => ({get: (name: string) => settings[name]})
    expect(residencyAgainst(read({}), null)).toBeUndefined()
    expect(residencyAgainst(read(country), 'local')).toBeUndefined()
    expect(residencyAgainst(read(country), 'si')).toBeUndefined()
    expect(residencyAgainst(read(country), 'eu')).toContain('may not leave SI')
    expect(residencyAgainst(read(country), null)).toContain('no known country')
  })

  test('of a remote profile is asked before anything is sent', async () => {
    let calls = 0
    const remote: Remote = {
      url: 'https://omni.example.com',
      version: '1.0.0',
      call: async () => {
        calls += 1
        return {rules: []}
      },
    }
    const {gdprRules} = await import('../src/operations/law.ts')
    const refused = invoke(gdprRules, {}, testContext({remote, registry, settings: country}))
    await expect(refused).rejects.toBeInstanceOf(ResidencyError)
    await expect(refused).rejects.toMatchObject({exitCode: 7, httpStatus: 403})
    expect(calls).toBe(0)
    await invoke(gdprRules, {}, testContext({remote, registry, settings: inSlovenia}))
    expect(calls).toBe(1)
  })

  test('is reported place by place', async () => {
    const report = await invoke(zvopResidency, {}, testContext({registry, settings: country}))
    expect(report.places.every(({allowed}) => allowed)).toBe(true)
    expect(report.places.map(({place}) => place)).toEqual(['files', 'database', 'vectors'])
    const remote: Remote = {url: 'https://omni.example.com', version: undefined, call: async () => ({})}
    const away = await invoke(zvopResidency, {}, testContext({remote, registry, settings: country}))
    expect(away.places).toMatchObject([{place: 'remote', allowed: false, location: null}])
    expect(zvopResidency.outcome?.(away)).toBe(7)
  })
})

test('a deadline says what it rests on, and what was not read', async () => {
  const context = testContext({registry})
  const access = await invoke(gdprDeadline, {right: 'access', received: '2027-01-31T10:00:00+01:00'}, context)
  expect(access.due_by).toEqual({date: '2027-03-01', until: '2027-03-01T23:00:00.000Z'})
  expect(access).toMatchObject({verified: true, unread: []})
  const optOut = await invoke(
    gdprDeadline,
    {right: 'opt-out', regime: 'ccpa', received: '2026-07-01T10:00:00Z'},
    context,
  )
  expect(optOut).toMatchObject({verified: false, unread: ['CCPA, 11 CCR § 7026(f)']})
  const know = await invoke(
    gdprDeadline,
    {right: 'know', regime: 'ccpa', received: '2026-12-18T10:00:00-08:00'},
    context,
  )
  expect(know).toMatchObject({verified: true, confirm_by: {date: '2027-01-05'}})
})
