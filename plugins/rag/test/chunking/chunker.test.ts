import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {Chunk} from '../../src/chunking/chunk.ts'
import {chunkDocument} from '../../src/chunking/chunker.ts'
import {estimateTokens} from '../../src/chunking/token-estimate.ts'
import {InvalidBlocksError} from '../../src/documents/errors.ts'
import type {Block, LoadedDocument} from '../../src/documents/document.ts'
import {parseMarkdown} from '../../src/loaders/markdown.ts'
import type {ParsedText} from '../../src/loaders/parsed-text.ts'
import {parsePlainText} from '../../src/loaders/plain-text.ts'

function document(parsed: ParsedText): LoadedDocument {
  return {source: 'a', mediaType: 'text/plain', contentHash: '', bytes: 0, metadata: {}, ...parsed}
}

async function chunkMarkdown(text: string, targetTokens?: number): Promise<Chunk[]> {
  return chunkDocument(document(await parseMarkdown(text)), targetTokens === undefined ? {} : {targetTokens})
}

function expectInvariants(text: string, chunks: readonly Chunk[], maximumTokens: number): void {
  let covered = 0
  for (const [index, chunk] of chunks.entries()) {
    expect(chunk.ordinal).toBe(index)
    expect(chunk.text).toBe(text.slice(chunk.start, chunk.end))
    expect(chunk.start).toBeGreaterThanOrEqual(covered)
    expect(text.slice(covered, chunk.start).trim()).toBe('')
    expect(chunk.text.trim()).not.toBe('')
    expect(chunk.text.isWellFormed() || !text.isWellFormed()).toBe(true)
    expect(estimateTokens(chunk.text)).toBeLessThanOrEqual(maximumTokens)
    expect(chunk.lineStart).toBe(text.slice(0, chunk.start).split('\n').length)
    expect(chunk.lineEnd).toBe(text.slice(0, chunk.end).split('\n').length)
    covered = chunk.end
  }
  expect(text.slice(covered).trim()).toBe('')
}

const fragment = fc.oneof(
  {weight: 6, arbitrary: fc.lorem({maxCount: 30, mode: 'sentences'})},
  {
    weight: 3,
    arbitrary: fc.constantFrom('# Naslov', '## Deveti člen', '### Č', 'Podčrtano\n=====', '####### ni naslov'),
  },
  {weight: 2, arbitrary: fc.constantFrom('- ena\n- dve\n  - tri', '1. prvi\n\n   še prvi\n2. drugi', '* * *', '---')},
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '```js\nlet a = 1\n\n# no heading\n```',
      '~~~\nnever closed',
      '    indented\n\n    code',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |', 'a | b\nc | d', '> quoted\n> twice'),
  },
  {weight: 1, arbitrary: fc.string({unit: 'grapheme', maxLength: 200})},
  {weight: 1, arbitrary: fc.string({unit: 'binary', maxLength: 200})},
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '😀'.repeat(300),
      'x'.repeat(700),
      'e\u0301'.repeat(400),
      '漢字'.repeat(200),
      ' '.repeat(4000),
    ),
  },
)
const separator = fc.constantFrom('\n\n', '\n', '\r\n', '\r\n\r\n', ' ', '\t', '\u2003', '\n\n\n\n')
const text = fc.array(fc.tuple(fragment, separator), {maxLength: 40}).map(parts => parts.flat().join(''))

describe('invariants', () => {
  test.each([
    ['Markdown', async (content: string) => parseMarkdown(content)],
    ['plain text', async (content: string) => parsePlainText(content)],
  ])(
    '%s: exact slices in order that leave out only white space, within the size, on the right lines',
    async (_, parse) => {
      await fc.assert(
        fc.asyncProperty(text, fc.integer({min: 16, max: 200}), async (content, targetTokens) => {
          const parsed = await parse(content)
          const chunks = chunkDocument(document(parsed), {targetTokens})
          expectInvariants(content, chunks, Math.ceil(targetTokens * 1.5))
        }),
        {numRuns: 300},
      )
    },
  )

  test('any blocks of any kind', () => {
    const kinds = fc.constantFrom<Block['kind']>('heading', 'paragraph', 'list', 'code', 'table', 'row')
    const block = fc.record({kind: kinds, content: text, header: fc.boolean(), level: fc.integer({min: 1, max: 6})})
    fc.assert(
      fc.property(fc.array(block, {maxLength: 12}), fc.integer({min: 16, max: 100}), (specified, targetTokens) => {
        let content = ''
        const blocks: Block[] = []
        for (const {kind, content: raw, header, level} of specified) {
          const trimmed = raw.trim()
          if (trimmed === '') continue
          const start = content.length
          content += trimmed
          blocks.push({kind, start, end: content.length, header, level})
          content += '\n\n'
        }
        const chunks = chunkDocument(document({text: content, blocks}), {targetTokens})
        expectInvariants(content, chunks, Math.ceil(targetTokens * 1.5))
      }),
      {numRuns: 300},
    )
  })
})

describe('hostile input', () => {
  test.each([
    ['one line without spaces', (size: number) => 'a'.repeat(size)],
    ['one line of words', (size: number) => 'word '.repeat(size / 5)],
    ['one line of sentences', (size: number) => 'A sentence ends here. '.repeat(size / 22)],
    ['nothing but headings', (size: number) => '# heading\n'.repeat(size / 10)],
    ['nested list markers', (size: number) => '- '.repeat(size / 2)],
    ['fences', (size: number) => '```\n'.repeat(size / 4)],
    ['pipes', (size: number) => `${'|'.repeat(size / 2)}\n${'|-'.repeat(size / 4)}`],
    ['emoji', (size: number) => '😀'.repeat(size / 2)],
    ['combining marks', (size: number) => `a${'\u0301'.repeat(size)}`],
    ['open brackets', (size: number) => '[['.repeat(size / 2)],
    ['lines of one letter', (size: number) => 'a\n'.repeat(size / 2)],
    ['words far apart', (size: number) => `${' '.repeat(1000)}x`.repeat(size / 1001)],
  ])('%s, a megabyte of it, comes to an end', async (_, make) => {
    // What is not linear would take hours here, and fails by the runner's limit.
    const content = make(1_000_000)
    for (const parsed of [await parseMarkdown(content), parsePlainText(content)]) {
      const chunks = chunkDocument(document(parsed))
      expect(chunks.length).toBeGreaterThan(50)
      expect(chunks.at(-1)!.end).toBe(content.trimEnd().length)
    }
  })

  test('white space between words does not make a chunk long', async () => {
    const chunks = await chunkMarkdown(`${' '.repeat(5000)}x\n`.repeat(500), 100)
    expect(Math.max(...chunks.map(chunk => chunk.text.length))).toBeLessThan(20_000)
  })

  test('a heading or a table header of a megabyte is not repeated with every chunk', async () => {
    const heading = await chunkMarkdown(`# ${'long '.repeat(200_000)}\n\n${'Text. '.repeat(5000)}`)
    const table = await chunkMarkdown(`| ${'long '.repeat(200_000)} | b |\n|---|---|\n${'| c | d |\n'.repeat(2000)}`)
    const context = [...heading, ...table].map(
      chunk => chunk.headings.join('').length + (chunk.tableHeader?.length ?? 0),
    )
    expect(Math.max(...context)).toBeLessThan(1000)
  })

  test('blocks that are not those of the text are refused', () => {
    const cut =
      (...blocks: [number, number][]) =>
      () =>
        chunkDocument(
          document({text: 'one two', blocks: blocks.map(([start, end]) => ({kind: 'paragraph', start, end}))}),
        )
    expect(cut([0, 3], [4, 7])).not.toThrow()
    expect(cut([0, 2 ** 50])).toThrow(InvalidBlocksError)
    expect(cut([4, 7], [0, 3])).toThrow(InvalidBlocksError)
    expect(cut([0, 5], [4, 7])).toThrow(InvalidBlocksError)
    expect(cut([3, 0], [3, 7])).toThrow(InvalidBlocksError)
    expect(cut([0, 3])).toThrow(InvalidBlocksError)
    expect(cut([4, 7])).toThrow(InvalidBlocksError)
    expect(cut([Number.NaN, 7])).toThrow(InvalidBlocksError)
    expect(cut([-1, 7])).toThrow(InvalidBlocksError)
  })

  test('impossible sizes are refused', () => {
    const empty = document({text: '', blocks: []})
    expect(() => chunkDocument(empty, {targetTokens: 0})).toThrow(RangeError)
    expect(() => chunkDocument(empty, {targetTokens: Number.NaN})).toThrow(RangeError)
    expect(() => chunkDocument(empty, {targetTokens: 100, maximumTokens: 50})).toThrow(RangeError)
    expect(chunkDocument(empty)).toEqual([])
  })
})

const paragraph = 'The tenant pays the rent by the fifth of each month. '

describe('where it cuts', () => {
  test('small documents are one chunk', async () => {
    const chunks = await chunkMarkdown('# Rules\n\nNo smoking.\n\n## Pets\n\nCats only.\n')
    expect(chunks).toHaveLength(1)
    expect(chunks[0]!.headings).toEqual(['Rules'])
  })

  test('sections that are large enough are kept apart, with their heading path', async () => {
    const section = paragraph.repeat(24)
    const chunks = await chunkMarkdown(`# Lease\n\n## Rent\n\n${section}\n\n## Repairs\n\n${section}\n`)
    expect(chunks.map(chunk => chunk.headings)).toEqual(
      [
        ['Lease', 'Rent'],
        ['Lease', 'Repairs'],
      ].map((path, index) => (index === 0 ? ['Lease'] : path)),
    )
    expect(chunks[1]!.text.startsWith('## Repairs')).toBe(true)
  })

  test('a heading is never parted from its text', async () => {
    const chunks = await chunkMarkdown(`${paragraph.repeat(30)}\n\n## Deposit\n\n${paragraph.repeat(30)}`)
    for (const chunk of chunks) expect(chunk.text.endsWith('## Deposit')).toBe(false)
  })

  test('a long paragraph is cut after sentences, and the parts come out even', async () => {
    const chunks = await chunkMarkdown(paragraph.repeat(60).trim())
    expect(chunks.length).toBeGreaterThan(1)
    for (const chunk of chunks) expect(chunk.text.endsWith('.')).toBe(true)
    const sizes = chunks.map(chunk => chunk.text.length)
    expect(Math.min(...sizes)).toBeGreaterThan(Math.max(...sizes) * 0.6)
  })

  test('a wrapped line is no place to cut, since a sentence goes on', async () => {
    const wrapped = 'Najemnik plača najemnino do petega v mesecu in o\nzamudi obvesti lastnika. '.repeat(60)
    const chunks = await chunkMarkdown(wrapped)
    expect(chunks.length).toBeGreaterThan(1)
    for (const chunk of chunks) expect(chunk.text.endsWith('lastnika.')).toBe(true)
  })

  test('tables are cut between rows, and every part knows the header', async () => {
    const rows = Array.from(
      {length: 200},
      (_, index) => `| item ${index} | ${index * 3} EUR | warehouse ${index % 7} |`,
    )
    const chunks = await chunkMarkdown(`| name | price | place |\n|---|--:|---|\n${rows.join('\n')}`)
    expect(chunks.length).toBeGreaterThan(3)
    expect(chunks[0]!.tableHeader).toBeUndefined()
    expect(chunks[0]!.text.split('\n').length).toBeGreaterThan(3)
    for (const chunk of chunks.slice(1)) {
      expect(chunk.tableHeader).toBe('| name | price | place |')
      expect(chunk.text).toMatch(/^\| item \d+ \|[\s\S]*\|$/)
    }
  })

  test('code is cut between functions, and keeps its indentation', async () => {
    const body = Array.from({length: 22}, (_, line) => `    total += price(${line}) * quantity[${line}]`).join('\n')
    const functions = Array.from({length: 8}, (_, index) => `def order_${index}(quantity):\n${body}\n    return total`)
    const chunks = await chunkMarkdown(`\`\`\`python\n${functions.join('\n\n')}\n\`\`\``)
    expect(chunks.length).toBeGreaterThan(2)
    for (const chunk of chunks.slice(1)) expect(chunk.text).toMatch(/^def order_\d/)
  })

  test('a chunk in the middle of a function begins at the start of its line', async () => {
    const chunks = await chunkMarkdown(
      `\`\`\`\nfunction f() {\n${'    call(another, argument)\n'.repeat(300)}}\n\`\`\``,
    )
    for (const chunk of chunks.slice(1)) expect(chunk.text).toMatch(/^ {4}call/)
  })

  test('rows know the columns named by the header row', () => {
    const lines = ['name,price', ...Array.from({length: 300}, (_, index) => `item ${index},${index}`)]
    const content = lines.join('\n')
    let offset = 0
    const blocks = lines.map((line, index): Block => {
      const start = offset
      offset += line.length + 1
      return {kind: 'row', start, end: start + line.length, header: index === 0}
    })
    const chunks = chunkDocument(document({text: content, blocks}))
    expect(chunks.length).toBeGreaterThan(1)
    expect(chunks.map(chunk => chunk.tableHeader)).toEqual([undefined, ...chunks.slice(1).map(() => 'name,price')])
  })

  test('a chunk knows the page on which it begins', () => {
    const pages = [1, 2, 3].map(number => `Page ${number}. ${paragraph.repeat(30).trim()}`)
    const content = pages.join('\n\n')
    const starts = pages.map(page => content.indexOf(page))
    const blocks = pages.map((page, index): Block => ({
      kind: 'paragraph',
      start: starts[index]!,
      end: starts[index]! + page.length,
    }))
    const chunks = chunkDocument(
      document({text: content, blocks, pages: blocks.map(({start, end}, index) => ({number: index + 1, start, end}))}),
    )
    for (const chunk of chunks) {
      const page = starts.filter(start => start <= chunk.start).length
      expect(chunk.page).toBe(page)
    }
  })
})

test('estimateTokens', () => {
  expect(estimateTokens('')).toBe(0)
  expect(estimateTokens(' \n\t')).toBe(0)
  expect(estimateTokens('The cat sat.')).toBe(4)
  expect(estimateTokens('internationalisation')).toBe(3)
  expect(estimateTokens('2026')).toBe(2)
  expect(estimateTokens('漢字')).toBe(2)
  expect(estimateTokens('one two three', 4, 7)).toBe(1)
})
