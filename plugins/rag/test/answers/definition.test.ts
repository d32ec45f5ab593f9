import {describe, expect, test} from 'vitest'
import {defines, isSubjectAlone} from '../../src/answers/definition.ts'
import {extractAnswer} from '../../src/answers/extract-answer.ts'
import {IndexedDocuments} from './indexed-documents.ts'

function definesWord(text: string, word: string, language: string): boolean {
  const start = text.toLowerCase().indexOf(word.toLowerCase())
  return defines(text, language, {start, end: start + word.length, length: 1}, 1)
}

describe('a definition begins with its subject', () => {
  test.each([
    ['A passage is a chunk of a document.', 'passage', 'en'],
    ['**Passage**: a chunk of a document.', 'passage', 'en'],
    ['| passage | a chunk of a document as the index keeps it |', 'passage', 'en'],
    ['`Passage` (plural passages) — a chunk of a document', 'passage', 'en'],
    ['Ein Abschnitt ist ein Teil eines Dokuments.', 'Abschnitt', 'de'],
    ['Najemnik je oseba, ki plačuje najemnino.', 'Najemnik', 'sl'],
    ['L’indice est une liste de mots.', 'indice', 'fr'],
    ['Dizin, sözcüklerin listesidir.', 'Dizin', 'tr'],
  ])('%s', (text, word, language) => {
    expect(definesWord(text, word, language)).toBe(true)
  })

  test.each([
    ['The best passage is quoted with its lines.', 'passage', 'en'],
    ['Where a text has a passage, it is cut.', 'passage', 'en'],
    ['Passages before the cut are kept.', 'Passages', 'en'],
    ['| passage |', 'passage', 'en'],
    ['Der alte Abschnitt ist lang.', 'Abschnitt', 'de'],
    ['Dizin her gece yenilenir.', 'Dizin', 'tr'],
  ])('not: %s', (text, word, language) => {
    expect(definesWord(text, word, language)).toBe(false)
  })
})

test('a heading of the subject alone is told from one that has more to say', () => {
  expect(isSubjectAlone('## The passage', {start: 7, end: 14, length: 1})).toBe(true)
  expect(isSubjectAlone('# How passages are found', {start: 6, end: 14, length: 1})).toBe(false)
  expect(isSubjectAlone('# Passages found', {start: 2, end: 10, length: 1})).toBe(false)
})

test('a word that is everywhere leads to its definition, though other documents have it more often', async () => {
  const usages = Array.from({length: 20}, (_, at) => [
    `usage-${at}.md`,
    `# Widgets of line ${at}\n\nEvery widget needs another widget. Order a widget, count each widget ${at} times, and return the widget.\n`,
  ])
  const documents = await IndexedDocuments.of({
    ...Object.fromEntries(usages),
    'words.md': '# Words\n\nA widget is a small part which holds two pipes together.\n\nA gasket keeps it tight.\n',
  })
  try {
    const question = 'What is a widget?'
    const {hits, ...findings} = await documents.find(question, 40)
    const answer = extractAnswer({
      ...findings,
      hits: hits.slice(0, 10),
      further: hits.slice(10),
      question,
      tokenizer: documents.analyser,
    })
    expect(answer.citations[0]?.quote).toBe('A widget is a small part which holds two pipes together.')
  } finally {
    await documents.close()
  }
})
