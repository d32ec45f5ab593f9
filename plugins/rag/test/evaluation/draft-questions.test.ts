import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest'
import {draftQuestions} from '../../src/evaluation/draft-questions.ts'
import type {Hit} from '../../src/index/passage.ts'
import {handbook} from '../answers/handbook.ts'
import {IndexedDocuments} from '../answers/indexed-documents.ts'
import {languageModel} from '../support/language-model.ts'

const mock = new LLMock({port: 0})
let documents: IndexedDocuments
let passage: Hit
beforeAll(async () => {
  await mock.start()
  documents = await IndexedDocuments.of(handbook)
  passage = (await documents.find('notice period')).hits.find(hit => hit.source === 'employment.md')!
})
afterAll(async () => {
  await documents.close()
  await mock.stop()
})
beforeEach(() => {
  mock.reset()
})

function draft(lines: readonly (object | string)[], known: readonly string[] = []) {
  mock.onMessage(/^PASSAGE 1 [0-9a-f]+ [\s\S]*END 1 [0-9a-f]+$/, {
    content: lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  })
  return draftQuestions(passage, known, {
    model: languageModel(mock.url),
    signal: new AbortController().signal,
    find: async question => (await documents.find(question)).hits,
  })
}

const good = {
  question: 'For how long must a new colleague give notice?',
  answerable: true,
  answer: 'thirty days',
  quote: 'the notice period is THIRTY days during the first year.',
}

test('keeps a question whose answer and quote are in the passage, with the document’s own words', async () => {
  const {questions, discarded} = await draft(['```json', good, '```'])
  expect(questions).toEqual([
    {
      id: `${passage.id}-1`,
      question: good.question,
      answerable: true,
      answers: ['thirty days'],
      source: 'employment.md',
      quote: 'The notice period is thirty days during the first year.',
      passage: passage.id,
      reviewed: false,
    },
  ])
  expect(discarded).toEqual({malformed: 0, unproved: 0, duplicate: 0, answerable: 0})
})

test('leaves out what is not proved, not JSON, or asked already', async () => {
  const {questions, discarded} = await draft(
    [
      {...good, quote: 'The notice period is ten years.'},
      {
        ...good,
        question: 'Who approves leave, and how fast?',
        answer: 'ten days',
        quote: 'Managers approve leave within five working days.',
      },
      'Here are your questions:',
      {...good, question: 'How long is the notice period?'},
    ],
    ['How long is the notice period'],
  )
  expect(questions).toEqual([])
  expect(discarded).toEqual({malformed: 1, unproved: 2, duplicate: 1, answerable: 0})
})

test('keeps an unanswerable question only where the model refuses it before the best passages', async () => {
  mock.onMessage(/Question: Which dentist/, {content: 'NO_ANSWER'})
  mock.onMessage(/Question: How many days of paid leave/, {
    content:
      '26 days [1].\n---quotes---\n[1] "26 days of paid leave"\n[2] "26 days of paid leave"\n[3] "26 days of paid leave"',
  })
  const {questions, discarded} = await draft([
    {question: 'Which dentist does the company pay for?', answerable: false},
    {question: 'How many days of paid leave are there?', answerable: false},
  ])
  expect(questions).toMatchObject([{question: 'Which dentist does the company pay for?', answerable: false}])
  expect(discarded.answerable).toBe(1)
})
