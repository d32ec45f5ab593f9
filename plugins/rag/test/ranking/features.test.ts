import fc from 'fast-check'
import {beforeAll, describe, expect, it} from 'vitest'
import {Analyser} from '../../src/analysis/analyser.ts'
import {placesOf, termFeatures, weighAllWords, weighQuery, windowShare} from '../../src/ranking/features.ts'
import {analyseQuery} from '../../src/ranking/query.ts'

const analyser = new Analyser()
beforeAll(() => analyser.prepare(['en', 'de', 'sl']))

const termsOf = (text: string) => analyser.analyse(text, {language: 'en'}).terms.join(' ')
const english = new Map([['en', 10]])
const flat = new Map(['notic', 'period', 'exit', 'code', 'exitcod', 'rent'].map(term => [term, 1]))

async function features(query: string, text: string, contextTermCount = 0, idf: ReadonlyMap<string, number> = flat) {
  const weights = weighQuery(await analyseQuery(analyser, query, english), idf)
  return termFeatures(weights, placesOf(weights, termsOf(text)), contextTermCount)
}

describe('termFeatures', () => {
  it('weighs coverage by idf and leaves stop words out', async () => {
    const idf = new Map([
      ['notic', 3],
      ['period', 1],
    ])
    expect((await features('the notice period', 'a notice', 0, idf)).coverage).toBe(0.75)
    expect((await features('the notice period', 'periods and notices', 0, idf)).coverage).toBe(1)
    expect((await features('the notice period', 'the of a', 0, idf)).coverage).toBe(0)
  })

  it('covers a query of stop words alone by them', async () => {
    const idf = new Map([
      ['who', 1],
      ['are', 1],
    ])
    expect((await features('who are', 'who sang', 0, idf)).coverage).toBe(0.5)
  })

  it('tells context from text', async () => {
    expect((await features('notice period', 'notice given in a period', 1)).context).toBe(0.5)
  })

  it('prefers neighbouring words in order and close together', async () => {
    expect((await features('notice period', 'the notice period')).phrase).toBe(1)
    expect((await features('notice period', 'a period of notice')).phrase).toBe(0)
    const far = `notice ${'word '.repeat(40)} period`
    expect((await features('notice period', far)).phrase).toBe(0)
    expect((await features('notice period', far)).proximity).toBe(0.5)
    expect((await features('notice period', 'a period of notice')).proximity).toBe(1)
  })

  it('does not miss the whole of a compound whose parts are there', async () => {
    expect((await features('exit-code', 'an exit has a code')).coverage).toBe(1)
  })

  it('stays between 0 and 1, whatever the words', async () => {
    const words = fc.array(fc.constantFrom('notice', 'period', 'exitCode', 'exit-code', 'the', 'rent', 'x'), {
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(words, words, fc.nat({max: 5}), async (query, text, context) => {
        const shares = await features(query.join(' '), text.join(' '), context)
        for (const share of Object.values(shares)) {
          expect(share).toBeGreaterThanOrEqual(0)
          expect(share).toBeLessThanOrEqual(1 + 1e-9)
        }
      }),
      {numRuns: 300},
    )
  })
})

describe('weighAllWords', () => {
  it('gives a stop word the weight of its rarity among the passages, and leaves the others theirs', async () => {
    const query = weighQuery(await analyseQuery(analyser, 'side of the notice', english), flat)
    const passages = ['the side notice', 'the notice', 'of the notice', 'the notice of'].map(text =>
      placesOf(query, termsOf(text)),
    )
    const shares = passages.map(places => windowShare(weighAllWords(query, passages), places))
    expect(shares[0]).toBeGreaterThan(shares[2]!)
    expect(shares[2]).toBeGreaterThan(shares[1]!)
    expect(shares[2]).toBe(shares[3])
    expect(passages.map(places => windowShare(query, places))).toEqual([1, 1, 1, 1])
  })
})

describe('analyseQuery', () => {
  const mixed = new Map([
    ['en', 10],
    ['de', 8],
    ['sl', 5],
  ])

  it('reads a query in the language whose stop words it has', async () => {
    expect((await analyseQuery(analyser, 'Wie lange ist die Kündigungsfrist?', mixed)).languages).toEqual(['de'])
    expect((await analyseQuery(analyser, 'what is the notice period', mixed)).languages).toEqual(['en'])
  })

  it('reads it in all of them where that is not clear, each word by any of its stems', async () => {
    const {languages, words} = await analyseQuery(analyser, 'Pogodbe', mixed)
    expect(languages).toEqual(['en', 'de', 'sl'])
    expect(words).toHaveLength(1)
    expect(words[0]!.terms).toContain(analyser.analyse('pogodba', {language: 'sl'}).terms[0])
  })

  it('pays no heed to languages that next to nothing is in', async () => {
    const {languages} = await analyseQuery(
      analyser,
      'Pogodbe',
      new Map([
        ['en', 1_000],
        ['sl', 1],
      ]),
    )
    expect(languages).toEqual(['en'])
  })
})
