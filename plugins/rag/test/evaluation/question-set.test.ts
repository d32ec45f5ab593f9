import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {containsAnswer, normalisedAnswer} from '../../src/evaluation/answer-normalisation.ts'
import {InvalidSetError} from '../../src/evaluation/beir-set.ts'
import {rankedEvidence} from '../../src/evaluation/evidence.ts'
import {readQuestionSet} from '../../src/evaluation/question-set.ts'
import type {Passage} from '../../src/index/passage.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'omni-questions-'))
})
afterAll(() => rm(root, {recursive: true, force: true}))

async function read(name: string, text: string) {
  await writeFile(join(root, name), text)
  return readQuestionSet(join(root, name))
}

describe('readQuestionSet', () => {
  it('reads JSON Lines', async () => {
    const [one, two] = await read(
      'a.jsonl',
      '{"question":"How long?","answers":["30 days","thirty days"],"source":"a.md","page":2,"quote":"thirty days"}\n\n' +
        '{"id":"u1","question":"Who?","answerable":false}\n',
    )
    expect(one).toEqual({
      id: '1',
      question: 'How long?',
      answers: ['30 days', 'thirty days'],
      answerable: true,
      evidence: [{source: 'a.md', page: 2, quote: 'thirty days'}],
    })
    expect(two).toMatchObject({id: 'u1', answerable: false, answers: [], evidence: []})
  })

  it('reads the same from CSV', async () => {
    const questions = await read(
      'a.csv',
      '\uFEFFquestion,answers,answerable,source,page\n"How long, then?",30 days | thirty days,,a.md,2\nWho?,,no,,\n',
    )
    expect(questions).toMatchObject([
      {question: 'How long, then?', answers: ['30 days', 'thirty days'], evidence: [{source: 'a.md', page: 2}]},
      {question: 'Who?', answerable: false},
    ])
  })

  it.each([
    ['b.jsonl', '{"question":"a"}\n{"question":', /b\.jsonl:2 is not JSON/],
    ['c.jsonl', '{"answers":["x"]}\n', /c\.jsonl:1: question/],
    ['d.jsonl', '{"question":"a","page":3}\n', /page or a quote without a source/],
    ['e.jsonl', '{"id":"x","question":"a"}\n{"id":"x","question":"b"}\n', /occurs twice/],
    ['f.jsonl', '\n', /holds no question/],
    ['g.csv', 'question,page\nHow?,two\n', /g\.csv:2: page/],
  ])('names the line that is broken: %s', async (name, text, message) => {
    await expect(read(name, text)).rejects.toThrow(message)
    await expect(read(name, text)).rejects.toBeInstanceOf(InvalidSetError)
  })
})

describe('containsAnswer', () => {
  it('normalises as SQuAD does', () => {
    expect(normalisedAnswer('The  "Answer", an apple—or 1,190!')).toBe('answer appleor 1190')
  })

  it('finds whole words only, whatever their case, articles and punctuation', () => {
    expect(containsAnswer('It takes ten (10) days.', ['10 days'])).toBe(true)
    expect(containsAnswer('Often.', ['ten'])).toBe(false)
    expect(containsAnswer('An Überprüfung – täglich.', ['überprüfung täglich'])).toBe(true)
    expect(containsAnswer('anything', ['the', ''])).toBe(false)
  })
})

describe('rankedEvidence', () => {
  const passage = (id: string, source: string, over: Partial<Passage> = {}) =>
    ({id, source, text: `text of ${id}`, ...over}) as Passage
  const found = [
    passage('1', 'docs/b.md'),
    passage('2', 'docs/a.md', {page: 1, pageBreaks: [10]}),
    passage('3', 'docs/a.md', {page: 3, text: 'It is “thirty  days” long.'}),
  ]

  it('counts a document once, where the question names documents', () => {
    expect(rankedEvidence(found, [{source: 'a.md', page: undefined, quote: undefined}]).ranked).toEqual([
      'docs/b.md',
      'evidence 0',
    ])
  })

  it('looks at pages and quotes where the question names them', () => {
    const at = (page: number | undefined, quote: string | undefined) =>
      rankedEvidence(found, [{source: 'docs/a.md', page, quote}]).ranked.indexOf('evidence 0')
    expect(at(2, undefined)).toBe(1)
    expect(at(3, undefined)).toBe(2)
    expect(at(4, undefined)).toBe(-1)
    expect(at(undefined, '"thirty days"')).toBe(2)
    expect(at(1, '"thirty days"')).toBe(-1)
  })
})
