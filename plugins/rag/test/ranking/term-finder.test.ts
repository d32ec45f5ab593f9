import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {TermFinder} from '../../src/ranking/term-finder.ts'

const term = fc.stringMatching(/^[a-cčž𝒳]{1,4}$/u)

describe('TermFinder', () => {
  it('finds what stands between spaces, where it stands, and counts all', () => {
    fc.assert(
      fc.property(fc.array(term, {minLength: 1, maxLength: 60}), fc.array(term, {maxLength: 5}), (terms, others) => {
        const sought = [...others, ...terms.filter((_, at) => at % 3 === 0)]
        const found: [string, number][] = []
        const count = new TermFinder(sought).find(terms.join(' '), (each, place) => found.push([each, place]))
        expect(count).toBe(terms.length)
        expect(found).toEqual(terms.flatMap((each, place) => (sought.includes(each) ? [[each, place]] : [])))
      }),
    )
  })
})
