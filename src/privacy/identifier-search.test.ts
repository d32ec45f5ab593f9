import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, onTestFinished, test} from 'vitest'
import {occurrencesInFile} from './byte-scan.ts'
import {IdentifierSearch, isSearchable, type IdentityKind, sameIdentity} from './index.ts'

function searchFor(kind: IdentityKind, value: string): IdentifierSearch {
  return new IdentifierSearch({identities: [{kind, value, via: 'given'}]})
}

const separators = fc.constantFrom('', ' ', '-', '.', '/', '\u00a0', ') ', ' (', '\u2011')

/** Digits with something between some of them. */
function grouped(digits: string): fc.Arbitrary<string> {
  return fc
    .array(separators, {minLength: digits.length - 1, maxLength: digits.length - 1})
    .map(between => [...digits].map((digit, at) => digit + (between[at] ?? '')).join(''))
}

describe('an identifier in free text', () => {
  const email = 'žiga.čuk@primer.si'

  test('is found in any case, composed or not, between any words', () => {
    const forms = fc.constantFrom(
      email,
      email.toUpperCase(),
      email.normalize('NFD'),
      `${email.slice(0, 4)}\u200b${email.slice(4)}`,
    )
    const openings = fc.constantFrom('', '<', '"', ',', '\n', 'mailto:', '(')
    const endings = fc.constantFrom('', ' ', '>', '"', ',', '.', '. ', '\n', ')', ';')
    fc.assert(
      fc.property(forms, openings, endings, (form, before, after) => {
        expect(searchFor('email', email).mentionedIn(`Write to ${before}${form}${after}`)).toHaveLength(1)
      }),
    )
  })

  test.each([
    'mariana@example.com',
    'x-ana@example.com',
    'ana@example.com.au',
    'ana@example.community',
    'ana@example.com-shop.si',
    'ana@example',
  ])('is not found in %s', longer => {
    expect(searchFor('email', 'ana@example.com').mentionedIn(`Write to ${longer} today`)).toEqual([])
  })

  test('is found behind the escapes of JSON, in keys, and in numbers', () => {
    const search = searchFor('email', 'ana@example.com')
    const nested = JSON.stringify({said: JSON.stringify({words: 'Hello\nana@example.com'})})
    expect(search.mentionedInValue(nested)).toHaveLength(1)
    expect(search.mentionedInValue({'ana@example.com': true})).toHaveLength(1)
    expect(searchFor('phone', '+386 40 123 456').mentionedInValue([{number: 38_640_123_456}])).toHaveLength(1)
    expect(search.mentionedInValue({a: ['mariana@example.com', null, 5n, Buffer.from('ana@example.com')]})).toEqual([])
  })

  test('which is a telephone number is found in any format, at home and from abroad', () => {
    const formats = fc.oneof(
      grouped('38640123456').map(digits => `+${digits}`),
      grouped('38640123456').map(digits => `00${digits}`),
      grouped('040123456'),
    )
    fc.assert(
      fc.property(formats, format => {
        expect(searchFor('phone', '+386 40 123 456').mentionedIn(`Ring ${format}, please`)).toHaveLength(1)
        expect(searchFor('phone', '040/123-456').mentionedIn(`Ring ${format}, please`)).toHaveLength(1)
        expect(searchFor('phone', '+386 40 123 457').mentionedIn(`Ring ${format}, please`)).toEqual([])
      }),
    )
  })

  test('is looked for only where it is telling', () => {
    expect(isSearchable({kind: 'principal', value: 'local'})).toBe(false)
    expect(isSearchable({kind: 'customer', value: '4711'})).toBe(false)
    expect(isSearchable({kind: 'customer', value: 'cus_4711ab'})).toBe(true)
    expect(searchFor('principal', 'local').mentionedIn('a local shop')).toEqual([])
    expect(searchFor('principal', 'local').matching('principal', 'local')).toHaveLength(1)
  })
})

test.each<[IdentityKind, string, string, boolean]>([
  ['email', 'Ana@Example.com', ' ana@example.COM', true],
  ['email', '', '', false],
  ['phone', '+386 40 123 456', '040 123 456', true],
  ['phone', '+1 (415) 555-2671', '415-555-2671', true],
  ['phone', '+386 40 123 456', '+385 40 123 456', false],
  ['phone', '123', '123', false],
  ['customer', 'C-1', 'c-1', false],
])('%s %j and %j are the same: %s', (kind, one, other, same) => {
  expect(sameIdentity(kind, one, other)).toBe(same)
})

test('in a file, every occurrence counts once, wherever pieces of it begin', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'omni-bytes-'))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  const path = join(directory, 'file')
  const piece = 4 * 1024 * 1024
  const bytes = Buffer.alloc(2 * piece + 10_000, 0x2e)
  const values = ['ana@example.com', 'ANA@EXAMPLE.COM', '040 123 456']
  const places = [0, piece - 7, piece + 60, 2 * piece - 4_096, 2 * piece - 3, bytes.length - 40]
  for (const [at, place] of places.entries()) {
    const encoding = at % 2 === 0 ? 'utf8' : 'utf16le'
    Buffer.from(values[at % values.length]!, encoding).copy(bytes, place)
  }
  writeFileSync(path, bytes)
  const search = new IdentifierSearch({
    identities: [
      {kind: 'email', value: 'ana@example.com', via: 'given'},
      {kind: 'phone', value: '+38640123456', via: 'given'},
    ],
  })
  expect(await occurrencesInFile(path, search)).toBe(places.length)
  expect(await occurrencesInFile(join(directory, 'none'), search)).toBe(0)
})
