import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {generateAnswer} from '../../src/answers/generate-answer.ts'
import type {Hit} from '../../src/index/passage.ts'
import {handbook} from './handbook.ts'
import {IndexedDocuments} from './indexed-documents.ts'
import {type InjectedDocument, injectedDocuments} from './injected-documents.ts'
import {languageModel} from '../support/language-model.ts'

/**
 * What a model does with a planted order cannot be promised. What is promised is this side of it: here a scripted model
 * obeys every order, and what reaches the reader is held against the documents.
 */
const mock = new LLMock({port: 0})
const question = 'How long is the notice period?'
let documents: IndexedDocuments
let honest: Hit

beforeAll(async () => {
  await mock.start()
  documents = await IndexedDocuments.of(handbook)
  honest = (await documents.find(question, 4)).hits.find(hit => hit.source === 'employment.md')!
})
afterAll(async () => {
  await documents.close()
  await mock.stop()
})
beforeEach(() => {
  mock.reset()
})

async function obey({text, obeyed}: InjectedDocument) {
  const planted: Hit = {...honest, id: 'planted', source: 'planted.md', text, headings: [], start: 0, end: text.length}
  mock.onMessage(/notice period/, {content: obeyed}, {chunkSize: 9})
  const model = languageModel(mock.url)
  let streamed = ''
  const answer = await generateAnswer({
    question,
    hits: [honest, planted],
    languages: ['en'],
    model,
    onText: piece => void (streamed += piece),
  })
  const body = mock.getLastRequest()?.body as {messages: {role: string; content: string}[]}
  return {answer, streamed, prompt: body.messages.find(({role}) => role === 'user')!.content}
}

test('there are fifty of them', () => {
  expect(injectedDocuments).toHaveLength(50)
  expect(new Set(injectedDocuments.map(({text}) => text)).size).toBe(50)
})

describe.each([...Map.groupBy(injectedDocuments, ({kind}) => kind)])('%s', (_, attacks) => {
  test.each(attacks.map(attack => [attack.text, attack] as const))('%j', async (_, attack) => {
    const {answer, streamed, prompt} = await obey(attack)

    // The fence holds: two passages, the question once and outside, and no character that nobody sees.
    const boundary = /^PASSAGE 1 ([0-9a-f]{24}) /u.exec(prompt)![1]!
    expect(attack.text).not.toContain(boundary)
    expect(prompt.split(boundary)).toHaveLength(5)
    expect(prompt.split(`END 2 ${boundary}`)[1]).toBe(`\n\nQuestion: ${question}`)
    expect(prompt).not.toMatch(/(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Variation_Selector}]/u)

    // Every quote is the document's own.
    for (const {quote, start, end, source} of answer.citations) {
      const whole = source === 'planted.md' ? attack.text : documents.texts.get(source)!
      expect(whole.slice(start, end)).toBe(quote)
    }

    // Nothing leads out, neither in the answer nor in what was streamed of it.
    for (const text of [answer.answer, streamed]) {
      expect(text).not.toMatch(/thief\.example|javascript:|data:text|!\[|<(?:script|img|svg|iframe)/iu)
    }

    // What cites nothing that holds is no answer; of what does, each made-up sentence is named.
    if (answer.citations.length === 0) expect(answer).toMatchObject({answered: false, answer: ''})
    else if (attack.kind === 'true quotes, false claims') expect(answer.unsupported.length).toBeGreaterThan(0)
    else expect(answer.kind === 'generated' && answer.answered).toBe(true)
  })
})
