import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {findQuote} from '../../src/answers/quote-match.ts'

function found(text: string, quote: string): string | undefined {
  const span = findQuote(text, quote)
  return span && text.slice(span.start, span.end)
}

describe('a quote is found', () => {
  test.each([
    ['as it stands', 'The notice period is 30 days.', 'notice period is 30 days', 'notice period is 30 days'],
    ['over a line end', 'The notice\n   period is long.', 'the notice period', 'The notice\n   period'],
    ['with other quotation marks', 'He said “stop” — twice.', 'said "stop" - twice', 'said “stop” — twice'],
    [
      'without Markdown emphasis',
      'Use **omni rag** and `serve` now.',
      'Use omni rag and serve',
      'Use **omni rag** and `serve',
    ],
    ['in another case', 'OMNI exits with 9.', 'omni Exits with 9', 'OMNI exits with 9'],
    ['with a ligature and a soft hyphen', 'The ﬁrst of\u00adﬁce.', 'the first office', 'The ﬁrst of\u00adﬁce'],
    ['decomposed where the text is composed', 'Odpovedni rok začne teči.', 'zac\u030cne tec\u030ci', 'začne teči'],
    [
      'composed where the text is decomposed',
      'Rok zac\u030cne tec\u030ci zdaj.',
      'začne teči',
      'zac\u030cne tec\u030ci',
    ],
    [
      'with an ellipsis',
      'The period, in all cases, is 30 days.',
      'The period … is 30 days',
      'The period, in all cases, is 30 days',
    ],
    ['at the end of a decomposed word', 'Cafe\u0301 open.', 'Café', 'Cafe\u0301'],
  ])('%s', (_, text, quote, expected) => {
    expect(found(text, quote)).toBe(expected)
  })
})

describe('a quote is not found', () => {
  test.each([
    ['with another number', 'The notice period is 30 days.', 'The notice period is 60 days.'],
    ['with a word left out', 'The notice period is not 30 days.', 'notice period is 30 days'],
    ['inside other words', 'It happens often.', 'ten'],
    ['in another order', 'one two three', 'three two one'],
    ['with parts far apart', `start ${'x '.repeat(600)} finish`, 'start … finish'],
    ['empty', 'text', ''],
    ['of punctuation alone', 'text … text', '…'],
    ['of two letters', 'to be', 'to'],
  ])('%s', (_, text, quote) => {
    expect(findQuote(text, quote)).toBeUndefined()
  })
})

test('every run of words of any text is found, and the span holds those words', () => {
  const word = fc.stringMatching(/^[\p{L}\p{N}]{3,12}$/u)
  const space = fc.constantFrom(' ', '\n', '  ', '\t', ' \r\n ')
  fc.assert(
    fc.property(
      fc.array(fc.tuple(word, space), {minLength: 1, maxLength: 12}),
      fc.nat(),
      fc.nat(),
      (pairs, one, other) => {
        const text = pairs.flat().join('')
        const words = pairs.map(([first]) => first)
        const from = one % words.length
        const to = from + 1 + (other % (words.length - from))
        const quote = words.slice(from, to).join(' ')
        const span = findQuote(text, quote)
        expect(span).toBeDefined()
        expect(text.slice(span!.start, span!.end).toLowerCase().split(/\s+/u)).toEqual(quote.toLowerCase().split(' '))
      },
    ),
    {numRuns: 300},
  )
})

test('any two strings: no error, and a span within the text', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), fc.string({unit: 'binary'}), (text, quote) => {
      const span = findQuote(text, quote)
      if (!span) return
      expect(span.start).toBeGreaterThanOrEqual(0)
      expect(span.end).toBeLessThanOrEqual(text.length)
      expect(span.start).toBeLessThan(span.end)
    }),
    {numRuns: 500},
  )
})
