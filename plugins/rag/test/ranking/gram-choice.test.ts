import {describe, expect, it} from 'vitest'
import {chooseGrams} from '../../src/ranking/gram-choice.ts'

const grams = Array.from({length: 40}, (_, at) => `g${at}`)

describe('chooseGrams', () => {
  it('keeps the first of equally rare grams', () => {
    expect(chooseGrams(grams, new Map(), 1_000_000)).toEqual(grams.slice(0, 32))
  })

  it('leaves common grams out of a large collection, and none of a small one', () => {
    const shares = new Map(grams.slice(0, 5).map(gram => [gram, 0.9]))
    expect(chooseGrams(grams.slice(0, 10), shares, 1_000)).toHaveLength(10)
    expect(chooseGrams(grams.slice(0, 10), shares, 1_000_000)).toEqual(grams.slice(5, 10))
  })

  it('keeps a few of a query of common grams alone, the rarest', () => {
    const shares = new Map(grams.map((gram, at) => [gram, 1 - at / 100]))
    expect(chooseGrams(grams, shares, 1_000_000)).toEqual(['g39', 'g38', 'g37', 'g36'])
  })
})
