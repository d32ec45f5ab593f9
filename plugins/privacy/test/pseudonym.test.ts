import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {alphabets} from '../src/format-preserving/alphabet.ts'
import {DomainTooSmallError, FormatError} from '../src/format-preserving/errors.ts'
import {plainValue} from '../src/formats/segment.ts'
import {segmentReader} from '../src/formats/format.ts'
import {cardBrand, hasLuhnDigit} from '../src/identifiers/payment-card.ts'
import {base32} from '../src/key/base32.ts'
import {derivePrivacyKey} from '../src/key/privacy-key.ts'
import {
  formatPreservingPurpose,
  FormatPreservingPseudonymizer,
} from '../src/pseudonym/format-preserving-pseudonymizer.ts'
import {Pseudonymizer, pseudonymPurpose} from '../src/pseudonym/pseudonymizer.ts'
import {pseudonymizeSegments, pseudonymizeValue} from '../src/pseudonym/pseudonymize-segments.ts'
import {joined, pieces} from './pieces.ts'

const secret = 'a secret of at least thirty-two characters'
const of = (domain: string, tenant = 'acme') =>
  new Pseudonymizer(derivePrivacyKey(secret, tenant, pseudonymPurpose(domain)))

describe('pseudonyms', () => {
  it('are the same for one value of one domain, and others in another domain or tenant', () => {
    const research = of('research').pseudonym('ana@example.com')
    expect(of('research').pseudonym('ana@example.com')).toBe(research)
    expect(of('vendor').pseudonym('ana@example.com')).not.toBe(research)
    expect(of('research', 'other').pseudonym('ana@example.com')).not.toBe(research)
    expect(research).toMatch(/^psn_[a-z2-7]{26}$/)
  })

  it('are the same for the spellings of one value, and not for different values', () => {
    const one = of('research')
    expect(one.pseudonym('+386 31 123-456', 'PHONE_NUMBER')).toBe(one.pseudonym('0038631123456', 'PHONE_NUMBER'))
    expect(one.pseudonym('si56 2633 0001 2039 086', 'IBAN')).toBe(one.pseudonym('SI56263300012039086', 'IBAN'))
    expect(one.pseudonym('Ana  C\u030Ceh', 'PERSON')).toBe(one.pseudonym('ana čeh', 'PERSON'))
    expect(one.pseudonym('Ana Čeh', 'PERSON')).not.toBe(one.pseudonym('Ana Ceh', 'PERSON'))
    expect(one.pseudonym('007')).not.toBe(one.pseudonym('7'))
  })

  it('replace named columns whole and leave the rest', async () => {
    const text = 'id,email\n1,ana@example.com\n2,\n3,"bor@example.com"\n'
    const replaced = await joined(
      pseudonymizeSegments(segmentReader('csv')(pieces(text)), {pseudonymizer: of('x'), fields: new Set(['email'])}),
    )
    expect(replaced).toMatch(/^id,email\n1,psn_[a-z2-7]{26}\n2,\n3,"psn_[a-z2-7]{26}"\n$/)
  })

  it('quote what was a bare number', () => {
    const options = {pseudonymizer: of('x'), fields: new Set(['id'])}
    expect(pseudonymizeValue(plainValue('42', 'id', true), options)).toMatch(/^"psn_[a-z2-7]{26}"$/)
  })
})

describe('pseudonyms of the same form', () => {
  const ff1 = (domain: string, alphabet: keyof typeof alphabets = 'digits') =>
    new FormatPreservingPseudonymizer({
      key: derivePrivacyKey(secret, 'acme', formatPreservingPurpose(domain)),
      alphabet: alphabets[alphabet],
      others: of(domain),
    })

  it('keep length, separators and the room for leading zeros, and differ from domain to domain', () => {
    const one = ff1('research').pseudonym('+386 (31) 123-456')
    expect(one).toMatch(/^\+\d{3} \(\d{2}\) \d{3}-\d{3}$/)
    expect(one).not.toBe('+386 (31) 123-456')
    expect(ff1('research').pseudonym('+386 (31) 123-456')).toBe(one)
    expect(ff1('vendor').pseudonym('+386 (31) 123-456')).not.toBe(one)
    const zeros = Array.from({length: 40}, (_, each) => ff1('x').pseudonym(String(each).padStart(7, '0')))
    expect(new Set(zeros).size).toBe(40)
    expect(zeros.every(each => /^\d{7}$/.test(each))).toBe(true)
  })

  it('refuse a column whose values are too few or of another alphabet', () => {
    expect(() => ff1('x').pseudonym('12345')).toThrow(DomainTooSmallError)
    expect(() => ff1('x').pseudonym('Ana Kranjc 123456')).toThrow(FormatError)
    expect(ff1('x', 'upper-alphanumeric').pseudonym('PB1234567')).toMatch(/^[A-Z\d]{9}$/)
  })

  it('fall back to a keyed hash for what is found and has no form to keep', () => {
    expect(ff1('x').pseudonym('ana@example.com', 'EMAIL_ADDRESS')).toBe(
      of('x').pseudonym('ana@example.com', 'EMAIL_ADDRESS'),
    )
    expect(ff1('x').pseudonym('12345', 'PHONE_NUMBER')).toMatch(/^psn_/)
    expect(ff1('x').pseudonym('031 123 456', 'PHONE_NUMBER')).toMatch(/^\d{3} \d{3} \d{3}$/)
  })

  it('make a card token of a card, and a card of nothing', () => {
    expect(ff1('x').pseudonym('4111 1111 1111 1111')).toMatch(/^0\d{3} \d{4} \d{4} \d{4}$/)
    fc.assert(
      fc.property(fc.bigInt({min: 0n, max: 10n ** 16n - 1n}), number => {
        const value = String(number).padStart(16, '0')
        const pseudonym = ff1('x').pseudonym(value)
        const isCard = (digits: string) => cardBrand(digits) !== undefined && hasLuhnDigit(digits)
        expect(pseudonym).toHaveLength(16)
        expect(isCard(pseudonym)).toBe(false)
      }),
      {numRuns: 300},
    )
  })

  it('quote a number of JSON, so that a leading zero is kept', () => {
    const value = plainValue('4234567', 'id', true)
    expect(pseudonymizeValue(value, {pseudonymizer: ff1('x'), fields: new Set(['id'])})).toMatch(/^"\d{7}"$/)
  })
})

describe('Base32', () => {
  it('agrees with the vectors of RFC 4648', () => {
    const vectors = ['', 'my', 'mzxq', 'mzxw6', 'mzxw6yq', 'mzxw6ytb', 'mzxw6ytboi']
    for (const [length, expected] of vectors.entries())
      expect(base32(Buffer.from('foobar'.slice(0, length)))).toBe(expected)
  })
})
