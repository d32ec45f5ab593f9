import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {lengthOf, textParts} from '../../src/audio/sentences.ts'

describe('textParts', () => {
  it('ends parts with a paragraph, else a sentence, else a word', () => {
    expect(textParts('One two. Three four.', 100)).toEqual(['One two. Three four.'])
    expect(textParts('One two. Three four.', 12)).toEqual(['One two.', 'Three four.'])
    expect(textParts('First one.\n\nSecond one. Third.', 20)).toEqual(['First one.', 'Second one. Third.'])
    expect(textParts('a sentence without any end', 10)).toEqual(['a sentence', 'without', 'any end'])
    expect(textParts('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
  })

  it('counts an emoji as one character', () => {
    expect(lengthOf('😀😀')).toBe(2)
    expect(textParts('😀😀😀', 2)).toEqual(['😀😀', '😀'])
  })

  it('says nothing of white space', () => {
    expect(textParts(' \n ', 10)).toEqual([])
  })

  it('keeps every character but white space, in parts that are short enough', () => {
    const text = fc.array(fc.constantFrom('word', '. ', ' ', '\n\n', 'č', '😀', 'longerword', '?! '), {maxLength: 60})
    fc.assert(
      fc.property(text, fc.integer({min: 1, max: 25}), (words, longest) => {
        const whole = words.join('')
        const parts = textParts(whole, longest)
        expect(parts.join('').replaceAll(/\s/g, '')).toBe(whole.replaceAll(/\s/g, ''))
        for (const part of parts) expect(lengthOf(part)).toBeLessThanOrEqual(longest)
      }),
    )
  })
})
