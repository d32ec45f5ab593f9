import {expect, test} from 'vitest'
import {testApp} from '../support/app.ts'

test('a search while its collection is removed whole finds something, nothing, or no collection', async () => {
  const app = await testApp()
  const key = await app.key(['*'])
  const documents = Array.from({length: 30}, (_, at) => ({
    source: `${at}.txt`,
    content: `Clause ${at}. The notice period is four weeks. `.repeat(20),
  }))
  const seen = new Map<string, number>()
  const search = async (path: string, body: object) => {
    const {status, json} = await app.request(path, {key, body})
    const outcome = `${status} ${json.code ?? (json.count === 0 ? 'nothing' : 'something')}`
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
  }
  for (let round = 0; round < 6; round += 1) {
    await app.request('/api/v1/rag/ingest', {key, body: {documents}})
    await search('/api/v1/rag/search', {query: 'notice period'})
    const removal = new AbortController()
    const searching = Array.from({length: 6}, async () => {
      do {
        await search('/api/v1/rag/search', {query: 'notice period'})
        await search('/api/v1/rag/query', {query: 'how long is the notice period?'})
      } while (!removal.signal.aborted)
    })
    const removed =
      round % 2 === 0
        ? await app.request('/api/v1/rag/documents/default', {method: 'DELETE', key})
        : await app.request('/api/v1/rag/documents/remove', {key, body: {all: true}})
    removal.abort()
    expect(removed.json.code).toBeUndefined()
    await Promise.all(searching)
  }
  const allowed = ['200 something', '200 nothing', '404 unknown_collection', '404 rag_collection_not_found']
  expect([...seen.keys()].filter(outcome => !allowed.includes(outcome))).toEqual([])
  expect(seen.get('200 something')).toBeGreaterThan(0)
}, 60_000)
