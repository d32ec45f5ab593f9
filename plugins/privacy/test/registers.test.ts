import {describe, expect, test} from 'vitest'
import {getDocumentProxy} from 'unpdf'
import {parse} from 'yaml'
import {invoke, Registry} from '@omni-ops/core/operation'
import {TestClock} from '../../../src/testing/context.ts'
import {testContext} from '../../../src/testing/test-context.ts'
import plugin from '../src/index.ts'
import {breachNotice} from '../src/operations/breach-notice.ts'
import {breach, dpia, processors, ropa, zvopDpo, zvopVideo} from '../src/operations/registers.ts'
import {ropaDraft} from '../src/operations/ropa-draft.ts'
import {draftFile} from '../src/registers/draft-file.ts'
import {parseRegister, RegisterFileError} from '../src/registers/read-register.ts'
import {Ropa} from '../src/operations/ropa-register.ts'

function context(now = '2026-11-23T12:00:00.000Z', settings: Record<string, unknown> = {}) {
  return testContext({clock: new TestClock(now), registry: new Registry([plugin]), settings})
}

/** The example of an operation's document, with parts replaced. */
function example(operation: {readonly example?: unknown}, replaced: Record<string, unknown> = {}) {
  return {...structuredClone((operation.example as {register: object}).register), ...replaced} as never
}

function entryOf(operation: {readonly example?: unknown}, list: string): Record<string, unknown> {
  return (example(operation) as Record<string, Record<string, unknown>[]>)[list]?.[0] as Record<string, unknown>
}

const all = [ropa, dpia, breach, processors, zvopDpo, zvopVideo]

describe('every register', () => {
  test.each(all.map(operation => [operation.id, operation] as const))(
    '%s: the example of the API has no problem',
    async (_id, operation) => {
      const {findings} = await invoke(operation as typeof ropa, {register: example(operation)}, context())
      expect(findings.filter(({level}) => level === 'problem')).toEqual([])
    },
  )

  test.each(all.map(operation => [operation.id, operation] as const))(
    '%s: has no label left untranslated in any form',
    async (_id, operation) => {
      const given = {register: example(operation)}
      for (const language of ['en', 'sl'] as const) {
        const documents = []
        for (const as of ['text', 'csv', 'json'] as const) {
          const {document} = await invoke(operation as typeof ropa, {...given, as, language}, context())
          documents.push(document?.content ?? '')
        }
        for (const content of documents) {
          expect(content).toContain('2026-11-23')
          expect(content).not.toMatch(/undefined|\[object/)
        }
      }
    },
  )

  test('as a PDF is the same each time and can be read', async () => {
    const given = {register: example(ropa), as: 'pdf', language: 'sl'} as const
    const [once, again] = await Promise.all([
      invoke(ropa, given, context()),
      invoke(ropa, given, context('2027-01-01T00:00:00Z')),
    ])
    expect(once.document).toEqual(again.document)
    const pdf = await getDocumentProxy(new Uint8Array(Buffer.from(once.document?.content ?? '', 'base64')))
    const {items} = await (await pdf.getPage(1)).getTextContent()
    const text = items.map(item => ('str' in item ? item.str : '')).join('')
    expect(text).toContain('Evidenca dejavnosti obdelave')
    expect(text).toContain('Vrste osebnih podatkov (30(1)(c))')
  })

  test('as CSV runs no formula in a spreadsheet', async () => {
    const activity = {...entryOf(ropa, 'activities'), purposes: ['=HYPERLINK("http://evil")']}
    const given = {register: example(ropa, {activities: [activity]}), as: 'csv'} as const
    const {document} = await invoke(ropa, given, context())
    expect(document?.content).toContain(`'=HYPERLINK`)
    expect(document?.content).not.toMatch(/(^|,)"?=/m)
  })
})

describe('a file', () => {
  const file = `version: 1
updated: 2026-11-23
controller: {name: Example, email: privacy@example.com}
activities:
  - id: news
    name: Newsletter
    purposes: [To send news]
    legal_basis: [Article 6(1)(a)]
    data_subjects: [Subscribers]
    data_categories: [E-mail address]
    recipients: []
`

  test('is read', () => {
    expect(parseRegister(file, 'ropa.yaml', Ropa).activities).toHaveLength(1)
  })

  test.each([
    [
      'a field that is missing, at its entry',
      file.replace('    purposes: [To send news]\n', ''),
      'ropa.yaml:5: activities.0.purposes',
    ],
    [
      'a word that nobody knows, where it stands',
      `${file}    recipient: [Mailer]\n`,
      'ropa.yaml:12: activities.0.recipient: is not part',
    ],
    ['a wrong value', file.replace('2026-11-23', 'yesterday'), 'ropa.yaml:2: updated'],
    [
      'no contact details',
      file.replace(', email: privacy@example.com', ''),
      'ropa.yaml:3: controller: needs contact details',
    ],
    ['broken YAML', `${file}  - id: [`, 'ropa.yaml:12'],
    [
      'a transfer under Article 49 without safeguards',
      `${file}    transfers:\n      - {country: US, recipient: Mailer, article_49: true}\n`,
      'ropa.yaml:13: activities.0.transfers.0.safeguards',
    ],
  ])('with %s, is refused with the line', (_what, text, message) => {
    expect(() => parseRegister(text, 'ropa.yaml', Ropa)).toThrow(RegisterFileError)
    expect(() => parseRegister(text, 'ropa.yaml', Ropa)).toThrow(message)
  })
})

describe('the draft of the record', () => {
  test('follows from what is declared, and is no register until its keeper completed it', async () => {
    const {activities} = await invoke(ropaDraft, {}, context())
    const consents = activities.find(({id}) => id === 'privacy_consents')
    expect(consents).toMatchObject({legal_basis: ['Article 6(1)(c), legal obligation']})
    expect(consents?.data_categories).toContain('user.contact.email')
    const text = draftFile(activities, new Date('2026-11-23T12:00:00Z'), 'Europe/Ljubljana')
    expect(() => parseRegister(text, 'ropa.yaml', Ropa)).toThrow('controller')
    const completed = {...(parse(text) as object), controller: {name: 'Example', address: 'Ljubljana'}}
    const register = Ropa.parse(completed)
    const {findings} = await invoke(ropa, {register}, context())
    // What the declarations cannot know is said to be missing.
    expect(findings.map(({message}) => message)).toContain('describes no security measures (30(1)(g))')
  })
})

describe('a breach', () => {
  const one = entryOf(breach, 'breaches')
  const findings = async (changed: Record<string, unknown>, now?: string) => {
    const register = example(breach, {breaches: [{...one, why_unlikely: undefined, risk: 'likely', ...changed}]})
    return (await invoke(breach, {register}, context(now))).findings.map(({level, message}) => `${level}: ${message}`)
  }

  test('has 72 hours from awareness, in the time of the clock on the wall', async () => {
    // Over the end of summer time.
    const aware = {aware_at: '2026-10-24T12:00:00+02:00'}
    expect(await findings(aware, '2026-10-27T09:59:59.999Z')).toEqual([
      'warning: has to be notified by 2026-10-27T10:00:00.000Z, in phases if need be',
    ])
    expect(await findings(aware, '2026-10-27T10:00:00.000Z')).toEqual([
      'problem: had to be notified by 2026-10-27T10:00:00.000Z',
    ])
  })

  test('that was notified late needs reasons; phases count from the first', async () => {
    const late = [{at: '2026-11-23T09:00:00.001+01:00', content: 'first'}]
    expect(await findings({notifications: late})).toEqual([
      'problem: was notified after 2026-11-23T08:00:00.000Z, without reasons for the delay',
    ])
    expect(await findings({notifications: late, delay_reasons: 'The log was found on Sunday.'})).toEqual([])
    const inTime = {at: '2026-11-21T09:00:00+01:00', content: 'first'}
    expect(await findings({notifications: [...late, inTime]})).toEqual([])
  })

  test('without notification says why a risk is unlikely', async () => {
    expect(await findings({risk: 'unlikely'})).toEqual([
      'problem: is not notified, and does not say why a risk is unlikely',
    ])
    expect(await findings({risk: 'unlikely', why_unlikely: 'It was encrypted.'})).toEqual([])
  })

  test('of high risk is told to the people, or has one of the three exceptions', async () => {
    const notified = {risk: 'high', notifications: [{at: '2026-11-21T09:00:00+01:00', content: 'first'}]}
    expect(await findings(notified)).toEqual(['problem: puts people at high risk, and they were not told'])
    const disproportionate = {because: 'disproportionate', explanation: 'two million people'}
    expect(await findings({...notified, not_communicated: disproportionate})).toEqual([
      'problem: was not told to each person, and not to the public either',
    ])
    const told = {...disproportionate, public_communication: 'In three newspapers'}
    expect(await findings({...notified, not_communicated: told})).toEqual([])
    const encrypted = {because: 'unintelligible', explanation: 'AES-256, keys not lost'}
    expect(await findings({...notified, not_communicated: encrypted})).toEqual([])
  })

  test('is written to the authority and to the people', async () => {
    const given = {register: example(breach), breach: '2026-01', language: 'sl'} as const
    const {due, document} = await invoke(breachNotice, {...given, missing: 'število posameznikov'}, context())
    expect(due).toBe('2026-11-23T08:00:00.000Z')
    expect(document.content).toContain('Informacijski pooblaščenec')
    expect(document.content).toContain('sledijo po fazah (člen 33(4)): število posameznikov')
    expect(document.content).not.toContain('po tem roku')
    const people = await invoke(breachNotice, {...given, to: 'people'}, context())
    expect(people.document.content).toContain('Kaj se je zgodilo')
    await expect(invoke(breachNotice, {...given, breach: 'x'}, context())).rejects.toMatchObject({
      code: 'breach_not_found',
      hint: 'one of 2026-01',
    })
  })
})

test('an assessment with a risk that stays high needs the authority, and a high one needs measures', async () => {
  const risk = {...entryOf(dpia, 'risks'), residual: 'high', measures: []}
  const {findings} = await invoke(dpia, {register: example(dpia, {risks: [risk], review_by: '2026-11-22'})}, context())
  const problems = findings.filter(({level}) => level === 'problem')
  expect(problems.map(({citation}) => citation)).toEqual([
    'GDPR, Article 35(7)',
    'GDPR, Article 36(1)',
    'GDPR, Article 35(11)',
  ])
})

test('a processor outside the European Economic Area needs safeguards, its sub-processors too', async () => {
  const one = entryOf(processors, 'processors')
  const sub_processors = [{name: 'Cloud', country: 'US', authorised_on: '2026-01-01'}]
  const {findings} = await invoke(
    processors,
    {register: example(processors, {processors: [{...one, sub_processors}]})},
    context(),
  )
  expect(findings).toMatchObject([{level: 'problem', message: 'names no safeguards for US'}])
})

test('the officer is told to the authority in eight days in Slovenia', async () => {
  const at = async (changed: Record<string, unknown>, settings?: Record<string, unknown>) =>
    (await invoke(zvopDpo, {register: example(zvopDpo, changed)}, context(undefined, settings))).findings
  // Designated on Monday 2 November: eight days are over on Tuesday the 10th.
  expect(await at({notified: '2026-11-10', published: '2026-11-10'})).toEqual([])
  expect(await at({notified: '2026-11-11'})).toMatchObject([
    {level: 'problem', citation: 'GDPR, Article 37(7); ZVOP-2, Article 45(4)'},
  ])
  expect(await at({notified: undefined})).toMatchObject([
    {level: 'problem', message: expect.stringContaining('2026-11-10')},
  ])
  expect(await at({notified: '2026-11-11'}, {'privacy.country': 'AT'})).toEqual([])
})

test.each([
  ['premises', 366, 'ZVOP-2, Article 76(9)'],
  ['public_transport', 8, 'ZVOP-2, Article 79(2)'],
  ['public_area', 182, 'ZVOP-2, Article 80(6)'],
])('recordings of %s are not kept for %d days', async (area, days, citation) => {
  const system = {...entryOf(zvopVideo, 'systems'), area, authorised: ['Guard']}
  const at = async (retention_days: number) =>
    (await invoke(zvopVideo, {register: example(zvopVideo, {systems: [{...system, retention_days}]})}, context()))
      .findings
  expect(await at(days)).toMatchObject([{level: 'problem', citation}])
  expect(await at(days - 1)).toEqual([])
})

test('cameras at workplaces need information before and consultation for thirty days', async () => {
  const system = {...entryOf(zvopVideo, 'systems'), area: 'workplace', started: '2026-02-01', live: true}
  const at = async (changed: Record<string, unknown>) =>
    (
      await invoke(zvopVideo, {register: example(zvopVideo, {systems: [{...system, ...changed}]})}, context())
    ).findings.map(({message}) => message)
  expect(await at({employees_informed: '2026-02-02'})).toEqual([
    'began before those who work there were informed',
    'has no consultation with the employees',
    'is watched live by nobody authorised',
  ])
  const right = {authorised: ['Guard'], consulted: {with: 'Union', from: '2025-12-01', to: '2025-12-31'}}
  expect(await at(right)).toEqual([])
  expect(await at({...right, consulted: {with: 'Union', from: '2025-12-01', to: '2025-12-30'}})).toEqual([
    'was consulted on for less than 30 days',
  ])
})
