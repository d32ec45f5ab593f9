import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {AnswerText} from '../../src/answers/answer-text.ts'
import {AnswerReader, citedNumbers, claimOf, keepMarkers} from '../../src/answers/answer-text.ts'

function readIn(pieces: readonly string[]): AnswerText & {streamed: string} {
  let streamed = ''
  const reader = new AnswerReader(text => {
    streamed += text
  })
  for (const piece of pieces) reader.add(piece)
  return {...reader.finish(), streamed}
}

const answer = 'It is thirty days [1].\n\nLater it is sixty [2].'
const quotes = '[1] "thirty days"\n[2] "sixty\ndays"'
const whole = `${answer}\n---quotes---\n${quotes}`

/** Cuts a text at the given places. */
function piecesOf(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.map(cut => cut % (text.length + 1)).toSorted((left, right) => left - right), text.length]
  return places.slice(1).map((place, at) => text.slice(places[at]!, place))
}

describe('AnswerReader', () => {
  test('parts the answer from its quotes', () => {
    expect(readIn([whole])).toEqual({
      prose: answer,
      quotes: [
        {number: 1, quote: 'thirty days'},
        {number: 2, quote: 'sixty\ndays'},
      ],
      refused: false,
      streamed: answer,
    })
  })

  test('however the text is cut in pieces, the same comes out, and the reader sees the prose alone', () => {
    const texts = fc.constantFrom(
      whole,
      answer,
      'NO_ANSWER',
      'NO, it is not so [1].',
      'A rule:\n---\nthen text [1].\n--- quotes are good',
      '  \n Leading space [1].\n\n---QUOTES---\n[1] “leading space”',
      '**NO_ANSWER**',
    )
    fc.assert(
      fc.property(texts, fc.array(fc.nat(), {maxLength: 20}), (text, cuts) => {
        const cut = readIn(piecesOf(text, cuts))
        expect(cut).toEqual(readIn([text]))
        expect(cut.streamed).toBe(cut.prose)
      }),
      {numRuns: 500},
    )
  })

  test.each(['NO_ANSWER', '  NO_ANSWER\n', '**NO_ANSWER**', 'NO_ANSWER. The passages say nothing.', '', ' \n'])(
    'takes %j for a refusal and shows nothing of it',
    text => {
      expect(readIn([...text])).toEqual({prose: '', quotes: [], refused: true, streamed: ''})
    },
  )

  test.each([
    ['- [1] "dashed"', 'dashed'],
    ['[1]: "with a colon"', 'with a colon'],
    ['[1] „German“', 'German'],
    ['[1] «French»', 'French'],
    ['[1] without quotation marks', 'without quotation marks'],
  ])('reads %s', (line, quote) => {
    expect(readIn([`x [1]\n---quotes---\n${line}`]).quotes).toEqual([{number: 1, quote}])
  })

  test('skips what is no quote', () => {
    expect(readIn(['x\n---quotes---\nSo these are my quotes:\n(2) "no"\n[1] ""']).quotes).toEqual([])
  })
})

test('marks are read once each, in order', () => {
  expect(citedNumbers('a [2] b [1, 3] c [2] [x] [1234]')).toEqual([2, 1, 3])
})

test('marks without proof are taken out, with the space before them', () => {
  expect(keepMarkers('a [1] b [2, 3]. c [3].', new Set([1, 2]))).toBe('a [1] b [2]. c.')
})

test('a claim is the sentences with the mark, also behind the full stop', () => {
  expect(claimOf('It is thirty days. [1] It is paid [2].', 1).trim()).toBe('It is thirty days.')
  expect(claimOf('One [1]. Two [2]. Three [1].', 1)).toMatch(/^One\s*\. Three\s*\.$/u)
})
