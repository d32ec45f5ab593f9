import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {ExtractedAnswer} from '../../src/answers/answer.ts'
import {DEFAULT_THRESHOLD} from '../../src/answers/calibration.ts'
import {cite} from '../../src/answers/citation.ts'
import {extractAnswer} from '../../src/answers/extract-answer.ts'
import type {Passage} from '../../src/index/passage.ts'
import {handbook} from './handbook.ts'
import {IndexedDocuments} from './indexed-documents.ts'

let documents: IndexedDocuments

beforeAll(async () => {
  documents = await IndexedDocuments.of(handbook)
})
afterAll(() => documents.close())

async function ask(question: string, threshold = DEFAULT_THRESHOLD): Promise<ExtractedAnswer> {
  const findings = await documents.find(question)
  return extractAnswer({...findings, question, tokenizer: documents.analyser, threshold})
}

describe('the best sentence answers', () => {
  test.each([
    ['Which exit code means not configured?', '| 9 | not configured or unavailable |', 'exit-codes.md'],
    ['What does exit code 130 mean?', '| 130 | cancelled by the user |', 'exit-codes.md'],
    [
      'How long is the notice period in the first year?',
      'The notice period is thirty days during the first year.',
      'employment.md',
    ],
    [
      'How many days of paid leave do employees have?',
      'Full-time employees have 26 days of paid leave in a calendar year.',
      'employment.md',
    ],
    [
      'Who founded the company?',
      'The company was founded in 1987 by Marta Vidovich in a garage near Trieste.',
      'company.md',
    ],
    ['When did the headquarters move?', 'The headquarters moved to Graz in 2004.', 'company.md'],
    [
      'Why is remote work allowed?',
      'Remote work is allowed because most teams are spread over three countries.',
      'employment.md',
    ],
    ['Which command rolls back a release?', 'stationctl rollback --to previous', 'deploy.md'],
    ['When does the staging cluster restart?', 'The staging cluster restarts every night at 03:30.', 'deploy.md'],
    [
      'Kako dolg je odpovedni rok v prvem letu?',
      'Odpovedni rok je v prvem letu trideset dni, pozneje pa šestdeset dni.',
      'dopust.md',
    ],
    [
      'Kdo je ustanovil podjetje?',
      'Podjetje je leta 1987 ustanovila Marta Vidovich v garaži blizu Trsta.',
      'dopust.md',
    ],
    ['Koliko dni letnega dopusta imajo zaposleni?', 'Zaposleni imajo 26 dni letnega dopusta na leto.', 'dopust.md'],
    ['Wie oft wird der Windmesser kalibriert?', 'Der Windmesser wird alle sechs Monate kalibriert.', 'sensoren.md'],
    [
      'Warum besteht das Thermometer aus Platin?',
      'Das Thermometer besteht aus Platin, weil Platin nicht rostet.',
      'sensoren.md',
    ],
  ])('%s', async (question, quote, source) => {
    const {answered, citations, answer} = await ask(question)
    expect(answered).toBe(true)
    expect(citations[0]).toMatchObject({quote, source})
    expect(answer.split('\n')[0]).toBe(quote.split('\n')[0])
  })
})

describe('a repetition of the question is no answer', () => {
  let pages: IndexedDocuments
  beforeAll(async () => {
    pages = await IndexedDocuments.of({
      ...handbook,
      'tour.md':
        '# A tour\n\nAsk from anywhere:\n\n```\n$ stationctl ask "Which exit code means not configured?"\n```\n\n' +
        '## Questions\n\nWhen did the headquarters move? That is told on the page about the company.\n',
    })
  })
  afterAll(() => pages.close())

  test.each([
    ['Which exit code means not configured?', '| 9 | not configured or unavailable |'],
    ['which exit code means not configured', '| 9 | not configured or unavailable |'],
    ['When did the headquarters move?', 'The headquarters moved to Graz in 2004.'],
  ])('%s', async (question, quote) => {
    const findings = await pages.find(question)
    expect(findings.hits.some(hit => hit.source === 'tour.md')).toBe(true)
    const {citations} = extractAnswer({...findings, question, tokenizer: pages.analyser})
    expect(citations[0]).toMatchObject({quote})
    expect(citations.every(citation => !citation.quote.toLowerCase().includes('not configured?'))).toBe(true)
  })

  test('words in the order of the question stay an answer where nobody asks', async () => {
    const question = 'the notice period is thirty days'
    const findings = await pages.find(question)
    const {citations} = extractAnswer({...findings, question, tokenizer: pages.analyser})
    expect(citations[0]?.quote).toContain('The notice period is thirty days')
  })
})

describe('questions that the documents do not answer', () => {
  test.each([
    'What is the capital of Mongolia?',
    'How many satellites orbit Jupiter?',
    'Who won the chess championship in 1972?',
    'Kdaj je bila bitka pri Sisku?',
    'Welche Farbe hat der Mond?',
    'zxqv wrtk plmn',
  ])('%s', async question => {
    const answer = await ask(question)
    expect(answer).toMatchObject({answered: false, answer: '', citations: [], kind: 'extract'})
    expect(answer.confidence).toBeLessThan(answer.threshold)
  })

  test('what no passage speaks of weighs more than one word that a sentence has, unless vectors found it', async () => {
    const question = 'Who founded the zeppelin?'
    const findings = await documents.find(question)
    const asked = {...findings, question, tokenizer: documents.analyser, threshold: DEFAULT_THRESHOLD}
    expect(extractAnswer(asked).answered).toBe(false)
    expect(extractAnswer({...asked, inOtherWords: true})).toMatchObject({answered: true})
  })

  test('a refusal shows where it looked', async () => {
    const {nearest} = await ask('How many employees does the museum have?', 1)
    expect(nearest?.quote).toBeTruthy()
    expect(documents.texts.get(nearest!.source)).toContain(nearest!.quote)
  })

  test('a question without a word is refused', async () => {
    for (const question of ['?', '…', '   ']) {
      const findings = {hits: [], languages: [], statistics: {passages: 0, frequency: () => 0}}
      expect(extractAnswer({...findings, question, tokenizer: documents.analyser}).answered).toBe(false)
    }
  })
})

test('every citation is the exact text of its document, at the lines and offsets it names', async () => {
  const questions = [
    'Which exit code means not configured?',
    'How long is the notice period?',
    'How do I deploy?',
    'Koliko dni dopusta imajo zaposleni?',
    'Was misst das Thermometer?',
  ]
  for (const question of questions) {
    const {citations} = await ask(question, 0)
    expect(citations.length).toBeGreaterThan(0)
    expect(citations.length).toBeLessThanOrEqual(3)
    for (const {source, quote, start, end, line_start: first, line_end: last, page} of citations) {
      const text = documents.texts.get(source)!
      expect(text.slice(start, end)).toBe(quote)
      expect(
        text
          .split('\n')
          .slice(first - 1, last)
          .join('\n'),
      ).toContain(quote)
      expect(page).toBeNull()
    }
  }
})

test('citations come in the order of their scores, which are probabilities', async () => {
  const {citations} = await ask('How long is the notice period?', 0)
  const scores = citations.map(({score}) => score)
  expect(scores).toEqual(scores.toSorted((left, right) => right - left))
  expect(scores.every(score => score > 0 && score <= 1)).toBe(true)
})

test('the same words in two documents are quoted once', async () => {
  const copies = await IndexedDocuments.of({'a.md': handbook['company.md']!, 'b.md': handbook['company.md']!})
  try {
    const question = 'Who founded the company?'
    const {citations} = extractAnswer({...(await copies.find(question)), question, tokenizer: copies.analyser})
    expect(new Set(citations.map(({quote}) => quote)).size).toBe(citations.length)
  } finally {
    await copies.close()
  }
})

describe('cite', () => {
  const passage: Passage = {
    id: 'p',
    documentId: 'd',
    source: 'report.pdf',
    language: 'en',
    metadata: {},
    ordinal: 3,
    text: 'First page.\r\nStill first.\nSecond page.',
    headings: [],
    start: 100,
    end: 138,
    lineStart: 7,
    lineEnd: 9,
    page: 4,
    pageBreaks: [126],
  }

  test('counts lines and pages from the passage on', () => {
    expect(cite(passage, 13, 25, 1)).toMatchObject({quote: 'Still first.', line_start: 8, line_end: 8, page: 4})
    expect(cite(passage, 26, 38, 1)).toMatchObject({
      quote: 'Second page.',
      line_start: 9,
      line_end: 9,
      page: 5,
      start: 126,
    })
    expect(cite(passage, 0, 25, 1)).toMatchObject({line_start: 7, line_end: 8, page: 4})
  })

  test.each([
    [-1, 5],
    [5, 5],
    [0, 39],
  ])('refuses the part from %i to %i', (start, end) => {
    expect(() => cite(passage, start, end, 1)).toThrow(RangeError)
  })
})
