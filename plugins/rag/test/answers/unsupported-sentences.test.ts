import {describe, expect, test} from 'vitest'
import {countClaims, unsupportedSentences} from '../../src/answers/unsupported-sentences.ts'
import type {Hit} from '../../src/index/passage.ts'

const hit = {
  text: 'The notice period is thirty days during the first year. Managers approve leave within 5 working days.',
  headings: ['Employment'],
  language: 'en',
} as unknown as Hit
const check = (prose: string, proved: readonly number[] = [1], languages = ['en']) =>
  unsupportedSentences({prose, proved: new Set(proved), hits: [hit], languages})

describe('unsupportedSentences', () => {
  test('lets pass what a proved passage says, in other forms of its words too', () => {
    expect(check('During the first year, the notice period is thirty days [1].')).toEqual([])
    expect(check('Yes. The notice periods are thirty days. [1]')).toEqual([])
  })

  test.each([
    ['no mark', 'The notice period is thirty days.'],
    ['a mark that was not proved', 'The notice period is thirty days [2].'],
    ['another number in a word', 'The notice period is sixty days during the first year [1].'],
    ['another number in digits', 'Managers approve leave within 15 working days [1].'],
    ['other words', 'A bonus of one salary rewards loyal colleagues every December [1].'],
  ])('names a sentence with %s', (_, sentence) => {
    const text = sentence.replace(/ \[\d\]/u, '')
    expect(check(`The notice period is thirty days [1]. ${sentence}`)).toEqual([text])
  })

  test('in another language, only what digits say can be held against the passage', () => {
    expect(check('Vodje odobrijo dopust v 5 delovnih dneh [1].', [1], ['sl'])).toEqual([])
    expect(check('Vodje odobrijo dopust v 15 delovnih dneh [1].', [1], ['sl'])).toHaveLength(1)
    expect(check('Vodje odobrijo dopust v 5 delovnih dneh.', [1], ['sl'])).toHaveLength(1)
  })

  test('counts what could be looked for', () => {
    expect(countClaims('Yes. It is thirty days long [1]. 42.')).toBe(2)
  })
})
