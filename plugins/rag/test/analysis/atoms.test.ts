import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {visitAtoms} from '../../src/analysis/atoms.ts'

function atoms(text: string): string[] {
  const found: string[] = []
  visitAtoms(text, (start, end) => found.push(text.slice(start, end)))
  return found
}

/** The definition that the fast scan must agree with: the words of UAX #29, cut at the joiners inside them. */
function segmentedAtoms(text: string): string[] {
  const segmenter = new Intl.Segmenter('und', {granularity: 'word'})
  return [...segmenter.segment(text)]
    .filter(({isWordLike}) => isWordLike)
    .flatMap(({segment}) => segment.split(/[^\p{Alphabetic}\p{Nd}\p{M}\p{Cf}]+/u))
    .filter(piece => piece !== '')
}

const alphabets = [
  'abcxyzABCXYZ0123456789',
  'äöüßÄÖÜéèçñàčšžČŠŽđĐıİğşțșăâî',
  'абвгдеёжщъыьэюяІіЇїЄє',
  'αβγδεζσςάώΩ',
  'אבגדשת',
  'ابتثجحخ',
  'ककिखीगुघे',
  '가나다라',
  ' \n\t.,;:!?\'’"()[]{}<>/\\|@#$%^&*+=~`-_–—…·“”€',
  'e\u0301a\u0308',
]
/** Whole graphemes: what ICU makes of a mark that stands on punctuation is no word to anyone. */
const graphemes = alphabets.map(alphabet =>
  [...new Intl.Segmenter('und', {granularity: 'grapheme'}).segment(alphabet)].map(({segment}) => segment),
)
const character = fc.constantFrom(...graphemes).chain(alphabet => fc.constantFrom(...alphabet))

describe('visitAtoms', () => {
  it('finds the words of Unicode segmentation, cut at joiners, in scripts with spaces', () => {
    fc.assert(
      fc.property(fc.array(character, {maxLength: 60}), characters => {
        const text = characters.join('')
        expect(atoms(text)).toEqual(segmentedAtoms(text))
      }),
      {numRuns: 3_000},
    )
  })

  it('covers every letter and digit of any text, in order and without overlap', () => {
    fc.assert(
      fc.property(fc.string({unit: 'grapheme', maxLength: 80}), text => {
        let last = 0
        let skipped = ''
        visitAtoms(text, (start, end) => {
          expect(start).toBeGreaterThanOrEqual(last)
          expect(end).toBeGreaterThan(start)
          skipped += text.slice(last, start)
          last = end
        })
        skipped += text.slice(last)
        expect(skipped).not.toMatch(/[\p{Lu}\p{Ll}]/u)
      }),
      {numRuns: 1_000},
    )
  })

  it('cuts scripts without spaces into dictionary words', () => {
    expect(atoms('我们使用搜索引擎').length).toBeGreaterThan(2)
    expect(atoms('ภาษาไทยไม่มีช่องว่าง').length).toBeGreaterThan(2)
    expect(atoms('検索エンジン v2')).toContain('v2')
  })
})
