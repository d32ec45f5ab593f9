import {describe, expect, it} from 'vitest'
import {plainValue} from '../src/formats/segment.ts'
import {segmentReader} from '../src/formats/format.ts'
import {base32} from '../src/key/base32.ts'
import {derivePrivacyKey} from '../src/key/privacy-key.ts'
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

describe('Base32', () => {
  it('agrees with the vectors of RFC 4648', () => {
    const vectors = ['', 'my', 'mzxq', 'mzxw6', 'mzxw6yq', 'mzxw6ytb', 'mzxw6ytboi']
    for (const [length, expected] of vectors.entries())
      expect(base32(Buffer.from('foobar'.slice(0, length)))).toBe(expected)
  })
})
