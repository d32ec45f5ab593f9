import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {nearDuplicateGroups} from '../../src/similarity/near-duplicate-groups.ts'
import {bitsApart, MOST_BITS_APART, SimHashIndex, simhashOf} from '../../src/similarity/simhash.ts'

const words = Array.from({length: 400}, (_, index) => `beseda${(index * 7919) % 1009}`)
const text = words.join(' ')

describe('SimHash', () => {
  test('does not hear case, accents and punctuation, and little of one changed word in a long text', () => {
    const plain = simhashOf(`${text} čebela leti`)!
    expect(simhashOf(`${text.toUpperCase()}, Cebela — LETI!`)).toBe(plain)
    const changed = simhashOf(`${words.with(200, 'drugo').join(' ')} čebela leti`)!
    expect(bitsApart(plain, changed)).toBeLessThanOrEqual(MOST_BITS_APART)
    const foreign = simhashOf(words.map(word => `${word}x`).join(' '))!
    expect(bitsApart(plain, foreign)).toBeGreaterThan(12)
  })

  test('is that of the definition: each bit by the majority of the shingles', () => {
    // All shingles of a text that is repeated are there already.
    expect(simhashOf(`${text} ${text}`)).toBe(simhashOf(`${text} ${words[0]}`))
    expect(simhashOf('kratko besedilo')).toBeUndefined()
    expect(simhashOf(text)).toMatch(/^[0-9a-f]{16}$/)
  })
})

const simhash = fc.bigInt({min: 0n, max: 2n ** 64n - 1n})
const hex = (value: bigint): string => value.toString(16).padStart(16, '0')

describe('finding near-duplicates', () => {
  test('by bands finds all that comparing each with each finds', () => {
    const flips = fc.array(fc.integer({min: 0, max: 63}), {maxLength: 6})
    fc.assert(
      fc.property(fc.array(fc.tuple(simhash, fc.array(flips, {maxLength: 4})), {maxLength: 12}), seeds => {
        const all = seeds.flatMap(([seed, variants]) =>
          [[], ...variants].map(bits => hex(bits.reduce((value, bit) => value ^ (1n << BigInt(bit)), seed))),
        )
        const index = new SimHashIndex<number>()
        for (const [key, value] of all.entries()) index.add(key, value)
        for (const value of all) {
          const near = new Set([...index.near(value)].map(({key}) => key))
          const expected = all.flatMap((other, key) => (bitsApart(value, other) <= MOST_BITS_APART ? [key] : []))
          expect([...near].toSorted((a, b) => a - b)).toEqual(expected)
        }
      }),
    )
  })

  test('groups chains, and each document is in one group at most', () => {
    const at = (bits: number): string => hex((1n << BigInt(bits)) - 1n)
    const groups = nearDuplicateGroups([
      ['a', at(0)],
      ['b', at(3)],
      ['c', at(6)],
      ['d', at(6)],
      ['e', at(40)],
    ])
    expect(groups).toEqual([{members: ['a', 'b', 'c', 'd'], bits: 3}])
  })

  test('thousands of copies take no longer than one', () => {
    const copies = Array.from({length: 50_000}, (_, key) => [key, at0] as const)
    expect(nearDuplicateGroups(copies)).toEqual([{members: copies.map(([key]) => key), bits: 0}])
  })
})

const at0 = hex(0n)
