import {declarePersonalData, type PersonalRecord} from '@omni-ops/core/privacy'
import {beforeAll, describe, expect, test} from 'vitest'
import {createDetector} from '../../src/detect/create-detector.ts'
import type {Detector} from '../../src/detect/detector.ts'
import {neverDisclosed, redactRecord} from '../../src/requests/redact.ts'

const declaration = declarePersonalData({
  store: 'sql',
  table: 'shop_messages',
  fields: {
    id: 'non-personal',
    sender: {category: 'user.contact.email', identity: 'email'},
    receiver: {category: 'user.contact.email', identity: 'email'},
    text: {category: 'user.content'},
    details: {category: 'user.content'},
  },
  personal: {
    purpose: 'To pass messages on',
    basis: 'contract',
    origin: 'provided',
    subject: {field: 'sender'},
    retention: 'until-removed',
    erasure: 'delete-row',
  },
})

const identities = [
  {kind: 'email', value: 'ana@example.com'},
  {kind: 'phone', value: '+386 40 123 456'},
] as const

let detector: Detector

beforeAll(async () => {
  detector = await createDetector()
})

function redacted(
  fields: PersonalRecord['fields'],
  match: PersonalRecord['match'] = 'free-text',
  names?: readonly string[],
) {
  const record: PersonalRecord = {store: 'sql', table: 'shop_messages', key: '1', fields, matchedBy: [], match}
  return redactRecord(record, declaration, {detector, identities, ...(names === undefined ? {} : {names})})
}

describe('what a record tells of others is taken out', () => {
  test('names, addresses and numbers of others, and not those of the person', () => {
    const {fields, count} = redacted({
      text: 'Ana Novak (ana@example.com) called Janez Kranjc, janez@example.org, phone +386 41 555 777.',
    })
    expect(fields.text).toContain('Ana Novak (ana@example.com)')
    expect(fields.text).not.toMatch(/Janez|Kranjc|janez|555 777/)
    expect(count).toBe(3)
  })

  test('a phone number belongs to whoever is named last before it', () => {
    const {fields} = redacted({text: 'janez@example.org: 041 555 777. ana@example.com: 031 222 333.'})
    expect(fields.text).not.toContain('555 777')
    expect(fields.text).toContain('222 333')
  })

  test('of who is a field: the other side of a message', () => {
    const {fields, count} = redacted(
      {sender: 'ANA@example.com', receiver: 'janez@example.org', text: 'See you.'},
      'identity',
    )
    expect(fields).toEqual({sender: 'ANA@example.com', receiver: '[someone else]', text: 'See you.'})
    expect(count).toBe(1)
  })

  test('inside of structures, and nothing else of them', () => {
    const {fields} = redacted({details: {to: ['janez@example.org'], at: 3, ok: true, none: null}})
    expect(fields.details).toEqual({to: ['[EMAIL_ADDRESS]'], at: 3, ok: true, none: null})
  })

  test('the name of the person stays in its cases where it was told', () => {
    const {fields} = redacted({text: 'Pogodbo z Ano Novak je podpisal Janez Kranjc.'}, 'free-text', ['Ana Novak'])
    expect(fields.text).not.toContain('Kranjc')
    expect(fields.text).toContain('Novak')
  })

  test('numbers of the government are not given to anybody, where the law says so', () => {
    const record = {
      store: 'sql',
      table: 'shop_messages',
      key: '1',
      fields: {text: 'ana@example.com, SSN 536-90-4399, likes tea'},
      matchedBy: [],
      match: 'identity',
    } as const
    const {fields} = redactRecord(record, declaration, {detector, identities, never: neverDisclosed})
    expect(fields.text).toBe('ana@example.com, SSN [US_SSN], likes tea')
    expect(redactRecord(record, declaration, {detector, identities}).fields.text).toContain('536-90-4399')
  })
})
