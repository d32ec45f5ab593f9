import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {normalizeText} from '../src/detect/normalize.ts'

describe('normalisation', () => {
  it('makes one text of many spellings', () => {
    expect(normalizeText('Z\u030Ciga C\u030Ceh').text).toBe('Žiga Čeh')
    expect(normalizeText('ana\u200B@\u00ADexample.com').text).toBe('ana@example.com')
    expect(normalizeText('４１１１\u00A0１１１１').text).toBe('4111 1111')
    expect(normalizeText('S\u0406\u041256').text).toBe('SIB56')
    expect(normalizeText('٠٣١–١٢٣').text).toBe('031-123')
    expect(normalizeText('𝐉𝐨𝐡𝐧').text).toBe('John')
    expect(normalizeText('a&#x40;b&shy;c&#8203;d %40e =40e').text).toBe('a@bcd @e @e')
  })

  it('leaves alone what stands for no character, or may be a number', () => {
    for (const text of ['&bogus; &#xd800; &#10;', 'up 40%40 to 50', 'tel=40 123 456', 'R&D; AT&T']) {
      expect(normalizeText(text).text).toBe(text)
    }
  })

  it('leaves whole words of another script alone', () => {
    expect(normalizeText('Москва и ΑΘΗΝΑ').text).toBe('Москва и ΑΘΗΝΑ')
  })

  it('leads every span back to where it stood', () => {
    const original = 'a\u200Bb C\u030Ceh\u200B!'
    const normalized = normalizeText(original)
    const at = normalized.text.indexOf('Čeh')
    const piece = original.slice(normalized.originalStart(at), normalized.originalEnd(at + 3))
    expect(piece).toBe('C\u030Ceh')
  })

  it('gives offsets that grow, stay inside, and cover what they should, whatever the text', () => {
    const character = fc.constantFrom(
      'a',
      'Z',
      ' ',
      '\u200B',
      'c\u030C',
      '\u030C',
      '４',
      '\u00A0',
      'а',
      '𝐉',
      '👍',
      '\u00AD',
      '9',
      '\n',
      '&#64;',
      '&shy;',
      '&',
    )
    fc.assert(
      fc.property(fc.array(character, {maxLength: 40}), characters => {
        const original = characters.join('')
        const {text, originalStart, originalEnd} = normalizeText(original)
        let last = 0
        for (let at = 0; at < text.length; at++) {
          const start = originalStart(at)
          const end = originalEnd(at + 1)
          expect(start).toBeGreaterThanOrEqual(last === 0 ? 0 : originalStart(at - 1))
          expect(end).toBeGreaterThan(start)
          expect(end).toBeLessThanOrEqual(original.length)
          // What stands there means the same code unit.
          expect(normalizeText(original.slice(start, end)).text).toContain(
            text.charAt(at) === 'a' ? '' : text.charAt(at),
          )
          last = end
        }
      }),
      {numRuns: 2000},
    )
  })
})
