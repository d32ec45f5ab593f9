import {afterAll, expect, test} from 'vitest'
import {Analyser} from '../../src/analysis/analyser.ts'
import {type ReadableDocument, readDocuments} from '../../src/analysis/document-reading.ts'
import {ReadingThread} from '../../src/analysis/reading-thread.ts'

const thread = new ReadingThread()
afterAll(() => thread.close())

const documents: ReadableDocument[] = [
  {
    language: 'en',
    sample: '',
    passages: [{context: 'Delivery notes', body: 'The warehouse confirms them by telephone.'}],
  },
  {language: 'sl', sample: '', passages: [{context: '', body: 'Skladišče potrdi dobavnico 3.14.15.'}]},
]

test('reads as this thread does, and again in another thread after the first has ended', async () => {
  const here = await readDocuments(new Analyser(), documents)
  expect(await thread.read(documents)).toEqual(here)
  await thread.close()
  expect(await thread.read(documents)).toEqual(here)
})

test('what it has not answered when it is closed fails, and the next documents are read', async () => {
  const unanswered = thread.read(documents)
  await Promise.all([expect(unanswered).rejects.toThrow('has ended'), thread.close()])
  expect(await thread.read(documents)).toHaveLength(documents.length)
})
