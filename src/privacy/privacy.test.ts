import {describe, expect, test} from 'vitest'
import {column, type Migration} from '../store/index.ts'
import {counterMigrations} from '../testing/counter.ts'
import {describeOnEachDatabase} from '../testing/store.ts'
import {comparePrivacy, declarePersonalData, kernelPrivacy, type PrivacyDeclaration, readRealSchema} from './index.ts'

const marks: PrivacyDeclaration = {
  store: 'sql',
  table: 'counter_marks',
  fields: {tenant: 'non-personal', id: 'non-personal', value: 'non-personal'},
}

describeOnEachDatabase('the real schema', databases => {
  test("is what the kernel declares, for the kernel's own tables", async () => {
    await using store = await (await databases.create()).open()
    expect(comparePrivacy(kernelPrivacy, await readRealSchema(store))).toEqual([])
  })

  test('shows a table and a column that nobody declared', async () => {
    const noted: Migration = {
      plugin: 'counter',
      name: '0002_note',
      up: schema => schema.addColumn('counter_marks', 'note', column.text({nullable: true})),
    }
    await using store = await (await databases.create([...counterMigrations, noted])).open()
    const real = await readRealSchema(store)
    expect(comparePrivacy(kernelPrivacy, real)).toEqual([
      {kind: 'undeclared-table', store: 'sql', table: 'counter_marks'},
    ])
    expect(comparePrivacy([...kernelPrivacy, marks], real)).toEqual([
      {kind: 'undeclared-field', store: 'sql', table: 'counter_marks', field: 'note'},
    ])
  })

  test('shows a declaration of what is not there, and a second one of what is', async () => {
    await using store = await (await databases.create()).open()
    const [audit] = kernelPrivacy as [PrivacyDeclaration]
    const extra = {...audit, fields: {...audit.fields, nickname: {category: 'user.name'} as const}}
    expect(comparePrivacy([...kernelPrivacy, extra, marks], await readRealSchema(store))).toEqual([
      {kind: 'declared-twice', store: 'sql', table: 'omni_audit'},
      {kind: 'missing-field', store: 'sql', table: 'omni_audit', field: 'nickname'},
      {kind: 'missing-table', store: 'sql', table: 'counter_marks'},
    ])
  })
})

describe('a vector table', () => {
  const chunks: PrivacyDeclaration = {...marks, store: 'vectors', table: 'chunks'}

  test('is compared by the names of its fields', () => {
    const real = {store: 'vectors', table: 'chunks', fields: ['tenant', 'id', 'embedding']} as const
    expect(comparePrivacy([chunks, ...kernelPrivacy], [real])).toEqual([
      {kind: 'undeclared-field', store: 'vectors', table: 'chunks', field: 'embedding'},
      {kind: 'missing-field', store: 'vectors', table: 'chunks', field: 'value'},
    ])
  })

  test('is not the SQL table of the same name', () => {
    expect(comparePrivacy([chunks], [{...marks, fields: []}])).toEqual([
      {kind: 'undeclared-table', store: 'sql', table: 'counter_marks'},
    ])
  })
})

describe('a declaration', () => {
  const email: PrivacyDeclaration = {
    store: 'sql',
    table: 'crm_contacts',
    fields: {id: 'non-personal', email: {category: 'user.contact.email', identity: 'email'}, seen_at: 'non-personal'},
    personal: {
      purpose: 'To answer',
      basis: 'contract',
      origin: 'provided',
      subject: {field: 'email'},
      retention: {days: 30, after: 'seen_at'},
      erasure: {clear: ['email']},
    },
  }
  const {personal, ...bare} = email
  const rules = personal as NonNullable<PrivacyDeclaration['personal']>

  test('that is whole is accepted', () => {
    expect(declarePersonalData(email)).toBe(email)
  })

  test.each<[string, PrivacyDeclaration]>([
    ['of personal data without a purpose', bare],
    ['of a purpose without personal data', {...marks, personal: rules}],
    ['of a subject in no field', {...email, personal: {...rules, subject: {field: 'mail'}}}],
    ['of a retention after no field', {...email, personal: {...rules, retention: {days: 1, after: 'made_at'}}}],
    ['of an erasure of no field', {...email, personal: {...rules, erasure: {clear: ['email', 'constructor']}}}],
    ['of an erasure that leaves a name', {...email, fields: {...email.fields, name: {category: 'user.name'}}}],
    ['without a legal basis', {...email, personal: {...rules, basis: undefined as never}}],
    ['of a link that identifies nobody', {...email, personal: {...rules, links: ['email', 'seen_at']}}],
    ['of rows that nobody can find but one by one', {...email, personal: {...rules, subject: {untraceable: 'x'}}}],
  ])('%s is refused', (_, declaration) => {
    expect(() => declarePersonalData(declaration)).toThrow(expect.objectContaining({code: 'privacy_declaration'}))
  })
})
