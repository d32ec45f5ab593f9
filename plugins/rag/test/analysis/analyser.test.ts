import fc from 'fast-check'
import {beforeAll, describe, expect, it} from 'vitest'
import {Analyser} from '../../src/analysis/analyser.ts'

const analyser = new Analyser()
const languages = ['ar', 'ca', 'de', 'en', 'es', 'fi', 'fr', 'hu', 'it', 'nl', 'pt', 'ro', 'ru', 'sl', 'sv', 'tr', 'zh']

beforeAll(() => analyser.prepare(languages))

function terms(text: string, language: string): string[] {
  return analyser.analyse(text, {language}).terms
}

describe('Analyser', () => {
  it.each([
    ['en', 'connected', 'connections'],
    ['de', 'Rechnungen', 'Rechnung'],
    ['sl', 'pogodbe', 'pogodba'],
    ['sl', 'plačila', 'placila'],
    ['tr', 'İSTANBUL', 'istanbul'],
    ['de', 'STRASSE', 'Straße'],
    ['ro', 'țară', 'ţară'],
    ['fr', "l'école", 'ecole'],
    ['tr', 'Ankara’da', 'Ankara'],
    ['en', 'exitCode', 'exit_code'],
    ['en', 'exit-code', 'exitCode'],
    ['en', '1,190', '1190'],
    ['en', 'cafe\u0301', 'café'],
    ['en', 'hyphen\u00adation', 'hyphenation'],
  ])('in %s, %s finds %s', (language, query, text) => {
    const found = new Set(terms(text, language))
    expect(terms(query, language).some(term => found.has(term))).toBe(true)
  })

  it('splits identifiers and keeps the whole', () => {
    expect(terms('parseHTTPResponse', 'en')).toEqual(
      expect.arrayContaining(['pars', 'http', 'respons', 'parsehttprespons']),
    )
    expect(terms('snake_case_name', 'und')).toEqual(['snake', 'case', 'name', 'snakecasename'])
    expect(terms('os.path', 'und')).toEqual(['os', 'path', 'ospath'])
    expect(terms('3.14', 'und')).toEqual(['3', '14', '3.14'])
  })

  it('drops the single letters beside an apostrophe', () => {
    expect(terms("the dog's bone", 'und')).toEqual(['the', 'dog', 'bone'])
    expect(terms("l'eau", 'fr')).toEqual(['eau'])
  })

  it('marks stop words and gives offsets that lead back to the text', () => {
    const text = 'The exitCode of the command'
    const tokens = analyser.tokens(text, 'en')
    expect(tokens.map(({start, end}) => text.slice(start, end))).toEqual([
      'The',
      'exitCode',
      'exit',
      'Code',
      'of',
      'the',
      'command',
    ])
    expect(tokens.filter(({stop}) => stop).map(({term}) => term)).toEqual(['the', 'of', 'the'])
  })

  it('takes 4-grams within words and pairs of signs in scripts without spaces', () => {
    expect(analyser.analyse('a placing', {language: 'und'}).grams).toEqual(['a', 'plac', 'laci', 'acin', 'cing'])
    expect(analyser.analyse('搜索', {language: 'zh'}).grams).toEqual(['搜索'])
  })

  it('tells the language of a text', async () => {
    expect(
      await analyser.detect('Pogodba se lahko odpove s trimesečnim odpovednim rokom, če stranki ne določita drugače.'),
    ).toBe('sl')
    expect(await analyser.detect('Der Vertrag kann mit einer Frist von drei Monaten gekündigt werden.')).toBe('de')
    expect(await analyser.detect('12345 67890')).toBe('und')
  })

  it('tells the language of a list of foreign names by what stands between them', async () => {
    const names = ['Ángeles Fernández de la Cruz', 'Ramón Íñiguez', 'Lucía Santos del Valle', 'Iñaki Echeverría Peña']
    const listed = (between: readonly string[]) => names.map((name, at) => `${between[at]!} ${name}`).join('; ')
    expect(
      await analyser.detect(listed(['former head of state', 'the chair of trade', 'our clerk', 'and judge'])),
    ).toBe('en')
    expect(await analyser.detect(listed(['der frühere', 'die heutige', 'unsere neue', 'und der damalige']))).toBe('de')
    expect(await analyser.detect(listed(['eski bakan', 'bugünkü müdür', 'yeni yazman', 've yargıç']))).toBe('tr')
  })

  it('refuses a language that was not prepared', () => {
    expect(() => analyser.analyse('text', {language: 'xx'})).toThrow(RangeError)
  })

  it('gives terms and grams without white space, and the same terms with and without offsets, for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({unit: 'binary', maxLength: 100}), fc.string({unit: 'grapheme', maxLength: 100})),
        fc.constantFrom(...languages),
        (text, language) => {
          const analysis = analyser.analyse(text, {language})
          expect(analyser.analyseJoined(text, language)).toEqual({
            terms: analysis.terms.join(' '),
            termCount: analysis.terms.length,
            grams: analysis.grams.join(' '),
          })
          for (const term of [...analysis.terms, ...analysis.grams]) expect(term).toMatch(/^\S+$/u)
          const tokens = analyser.tokens(text, language)
          expect(tokens.map(({term}) => term)).toEqual(analysis.terms)
          for (const {start, end} of tokens) expect(0 <= start && start < end && end <= text.length).toBe(true)
        },
      ),
      {numRuns: 2_000},
    )
  })
})
