import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {sentences} from '../../src/answers/sentences.ts'

function cut(text: string, language = 'en'): string[] {
  return sentences(text, language).map(({start, end}) => text.slice(start, end))
}

function kinds(text: string): string[] {
  return sentences(text, 'en').map(({kind, start, end}) => `${kind}: ${text.slice(start, end)}`)
}

describe('prose', () => {
  test.each([
    ['en', 'Dr. Novak met Mr. J. R. Kos at 3.5 p.m. in the U.S. Army base. He left.', 2],
    ['en', 'See Fig. 3 and sec. 4.2, e.g. the table. Version 2.0.1 is out.', 2],
    ['en', 'It was sold in the U.S. The price fell.', 2],
    ['en', '"Really?" he asked. Then he went.', 2],
    ['de', 'Das war z. B. am 3. Oktober 1990. Dann kam Dr. Maier.', 2],
    ['de', 'Im 19. Jahrhundert war das anders. Heute nicht.', 2],
    ['sl', 'Odpovedni rok je npr. trideset dni. To velja od 1. januarja 2020 dalje.', 2],
    ['tr', 'Belge 3. bölümde açıklanır. Ayrıntılar için bkz. ek.', 2],
    ['fr', 'M. Martin habite p. ex. à Lyon. Il travaille.', 2],
  ])('%s: %s', (language, text, count) => {
    expect(cut(text, language)).toHaveLength(count)
  })

  test('goes on over the line ends of hard-wrapped text', () => {
    const text = 'The notice period\nis three months.\nIt begins in May.'
    expect(cut(text)).toEqual(['The notice period\nis three months.', 'It begins in May.'])
  })

  test('ends at an empty line even without a full stop', () => {
    expect(cut('First thought\n\nSecond thought')).toEqual(['First thought', 'Second thought'])
  })

  test('cuts a sentence without end at a clause', () => {
    const text = `${'one clause of many, '.repeat(120)}the end`
    const parts = cut(text)
    expect(parts.length).toBeGreaterThan(2)
    expect(Math.max(...parts.map(part => part.length))).toBeLessThanOrEqual(700)
  })
})

describe('structure', () => {
  test('a table gives its rows; header and rule answer nothing', () => {
    expect(kinds('| code | meaning |\n|---:|:---|\n| 0 | done |\n| 9 | not configured |')).toEqual([
      'heading: | code | meaning |',
      'row: | 0 | done |',
      'row: | 9 | not configured |',
    ])
  })

  test('list items are cut apart, without their bullets', () => {
    expect(kinds('Steps:\n- one item. With two.\n- a wrapped\n  item\n2. numbered')).toEqual([
      'sentence: Steps:',
      'item: one item.',
      'item: With two.',
      'item: a wrapped\n  item',
      'item: 2. numbered',
    ])
  })

  test('code in a fence is cut by lines, without the fence', () => {
    expect(kinds('Run:\n```sh\nnpm ci\n\nnpx omni rag\n```\nDone.')).toEqual([
      'sentence: Run:',
      'code: npm ci',
      'code: npx omni rag',
      'sentence: Done.',
    ])
  })

  test('source code without a fence is cut by lines', () => {
    expect(kinds('export function open(path) {\n  return read(path);\n}').every(one => one.startsWith('code'))).toBe(
      true,
    )
  })

  test('headings of both kinds are headings', () => {
    expect(kinds('# Exit codes\ntext\n\nSetup\n=====\nmore')).toEqual([
      'heading: # Exit codes',
      'sentence: text',
      'heading: Setup',
      'sentence: more',
    ])
  })
})

const piece = fc.oneof(
  fc.lorem({maxCount: 8, mode: 'sentences'}),
  fc.constantFrom(
    '# H',
    '- item one',
    '| a | b |\n|---|---|\n| 1 | 2 |',
    '```\ncode\n```',
    '~~~\nopen',
    'Dr. A. B.',
    '\r\n',
    '…',
  ),
  fc.string({unit: 'grapheme', maxLength: 60}),
  fc.string({unit: 'binary', maxLength: 60}),
)

test('any text: units are in order, do not overlap, hold no outer white space, and leave out no word', () => {
  fc.assert(
    fc.property(fc.array(piece, {maxLength: 8}), fc.constantFrom('en', 'de', 'und'), (pieces, language) => {
      const text = pieces.join('\n')
      let before = 0
      let left = ''
      for (const {start, end} of sentences(text, language)) {
        expect(start).toBeGreaterThanOrEqual(before)
        expect(end).toBeGreaterThan(start)
        const unit = text.slice(start, end)
        expect(unit).toBe(unit.trim())
        left += text.slice(before, start)
        before = end
      }
      left += text.slice(before)
      // Between units lie only white space, bullets, fences with their language, rules and underlines.
      expect(left.replaceAll(/^\s*(?:`{3,}|~{3,}).*$/gmu, '').replaceAll(/[\s|:+*=•‣◦–-]/gu, '')).toBe('')
    }),
    {numRuns: 300},
  )
})

test('a long text without structure is cut as well', () => {
  const text = `${'word.'.repeat(20_000)} ${'a | b '.repeat(2000)}\n${'x'.repeat(50_000)}`
  expect(sentences(text, 'en').length).toBeGreaterThan(1)
})
