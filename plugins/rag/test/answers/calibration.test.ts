import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Calibration} from '../../src/answers/calibration.ts'
import {calibrate, DEFAULT_THRESHOLD, pseudoQuestions} from '../../src/answers/calibration.ts'
import type {Passage} from '../../src/index/passage.ts'
import {handbook} from './handbook.ts'
import {IndexedDocuments} from './indexed-documents.ts'

/** Enough different short documents that a threshold can be found for them. */
function catalogue(): Record<string, string> {
  const parts = ['valve', 'gasket', 'spindle', 'bearing', 'filter', 'sensor', 'bracket', 'coupling', 'nozzle', 'flange']
  const metals = ['steel', 'brass', 'bronze', 'titanium', 'copper', 'aluminium', 'nickel', 'zinc']
  const towns = ['Maribor', 'Villach', 'Gorizia', 'Varaždin', 'Szombathely']
  const files: Record<string, string> = {}
  for (let at = 0; at < 40; at += 1) {
    const part = parts[at % parts.length]!
    const metal = metals[(at * 3) % metals.length]!
    const town = towns[(at * 7) % towns.length]!
    files[`parts/${at}.md`] =
      `# Part ${at}\n\nThe ${part} number ${at} is cast from ${metal} and tested under ${at + 3} bar of pressure. ` +
      `Our workshop in ${town} grinds each ${part} twice before it leaves for assembly.\n`
  }
  return files
}

let documents: IndexedDocuments
let passages: Passage[]

beforeAll(async () => {
  documents = await IndexedDocuments.of({...catalogue(), ...handbook})
  passages = []
  for await (const passage of documents.index.scan()) passages.push(passage)
})
afterAll(() => documents.close())

async function run(sample: readonly Passage[], signal?: AbortSignal): Promise<Calibration> {
  await documents.analyser.prepare(sample.map(({language}) => language))
  const find = (question: string) => documents.find(question, 30)
  const questions = pseudoQuestions(sample, documents.analyser)
  return calibrate({questions, find, tokenizer: documents.analyser, ...(signal ? {signal} : {})})
}

describe('calibrate', () => {
  test('finds a threshold that refuses few made-up questions whose passage is there', async () => {
    const calibration = await run(passages)
    expect(calibration.questions).toBeGreaterThanOrEqual(20)
    expect(calibration.threshold).toBeGreaterThanOrEqual(0.1)
    expect(calibration.threshold).toBeLessThanOrEqual(0.2)
    expect(calibration.falseRefusals).toBeLessThanOrEqual(0.1)
  })

  test('gives the same for the same passages, in whatever order they come', async () => {
    expect(await run(passages.toReversed())).toEqual(await run(passages))
  })

  test('keeps the default for a collection too small to tell', async () => {
    expect(await run(passages.slice(0, 5))).toMatchObject({threshold: DEFAULT_THRESHOLD})
    expect(await run([])).toEqual({threshold: DEFAULT_THRESHOLD, questions: 0, falseRefusals: 0, trueRefusals: 0})
  })

  test('stops when it is told to', async () => {
    await expect(run(passages, AbortSignal.abort())).rejects.toThrow(/abort/i)
  })
})
