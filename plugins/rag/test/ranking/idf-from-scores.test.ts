import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {bm25Factor, idfFromScores} from '../../src/ranking/idf-from-scores.ts'

const averageLength = 6

function scored(terms: readonly string[], idf: ReadonlyMap<string, number>) {
  let score = 0
  for (const [term, value] of idf) {
    const frequency = terms.filter(each => each === term).length
    if (frequency > 0) score += value * bm25Factor(frequency, terms.length, averageLength)
  }
  // As an engine gives it.
  return {terms: terms.join(' '), score: Math.fround(score)}
}

describe('idfFromScores', () => {
  it('finds the idf that scores were made of, or says nothing of it', () => {
    const passage = fc.array(fc.constantFrom('a', 'b', 'c', 'other', 'more'), {minLength: 1, maxLength: 14})
    const value = fc.double({min: 0.05, max: 12, noNaN: true})
    fc.assert(
      fc.property(fc.array(passage, {maxLength: 30}), value, value, value, (passages, a, b, c) => {
        const idf = new Map(Object.entries({a, b, c}))
        const found = idfFromScores(
          passages.map(terms => scored(terms, idf)),
          ['a', 'b', 'c'],
          new Map(),
          averageLength,
        )
        for (const [term, solved] of found) expect(Math.abs(solved - idf.get(term)!)).toBeLessThan(0.01 * 12)
      }),
    )
  })

  it('tells terms apart that passages have in different numbers, and leaves out what none has', () => {
    const idf = new Map(Object.entries({a: 2, b: 7, nowhere: 9}))
    const passages = [['a', 'b'], ['a', 'a', 'b', 'x'], ['b', 'x', 'x'], ['a']].map(terms => scored(terms, idf))
    const found = idfFromScores(passages, ['a', 'b', 'nowhere'], new Map(), averageLength)
    expect([...found.keys()].toSorted()).toEqual(['a', 'b'])
    expect(found.get('a')).toBeCloseTo(2, 4)
    expect(found.get('b')).toBeCloseTo(7, 4)
    expect(idfFromScores(passages, ['a', 'b'], new Map([['b', 7]]), averageLength).get('a')).toBeCloseTo(2, 4)
  })

  it('says nothing where two terms always stand together, or the scores do not add up', () => {
    const idf = new Map(Object.entries({a: 2, b: 7}))
    const together = [
      ['a', 'b'],
      ['b', 'a', 'x'],
      ['a', 'b', 'x', 'x'],
    ].map(terms => scored(terms, idf))
    expect(idfFromScores(together, ['a', 'b'], new Map(), averageLength).size).toBe(0)
    const odd = [['a'], ['a', 'x'], ['a', 'a']].map((terms, at) => ({terms: terms.join(' '), score: 3 + at * at}))
    expect(idfFromScores(odd, ['a'], new Map(), averageLength).size).toBe(0)
  })
})
