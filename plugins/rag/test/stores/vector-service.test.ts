import {Registry} from '@omni-ops/core/operation'
import core from '@omni-ops/core/plugin'
import {testContext} from '@omni-ops/core/testing'
import {expect, it, onTestFinished} from 'vitest'
import {checkVectorService} from '../../src/collection/check-vector-service.ts'
import {passageDatabase} from '../../src/collection/passage-database.ts'
import {VectorDatabaseNotConfiguredError} from '../../src/collection/vector-database-error.ts'
import rag from '../../src/index.ts'
import {startPinecone} from './pinecone-server.ts'
import {documentOf} from './stored-rows.ts'
import {startWeaviate} from './weaviate-server.ts'

const KEY = 'the-secret-key-of-the-test'
const contextWith = (settings: Readonly<Record<string, unknown>>) =>
  testContext({registry: new Registry([core, rag]), settings})

it('opens collections in the Pinecone project of the settings', async () => {
  const server = await startPinecone({key: KEY, dimensions: []})
  onTestFinished(server.close)
  const settings = {'rag.vector_db': 'pinecone', 'rag.pinecone_api_key': KEY, 'rag.pinecone_url': server.url}
  const context = contextWith(settings)
  const database = await passageDatabase('pinecone', context)
  await database.open('notes').replaceDocuments([documentOf('one', ['some words'])])
  expect(await (await passageDatabase('pinecone', context)).collections()).toEqual(['notes'])
  expect(await checkVectorService(context)).toMatchObject([
    {status: 'ok', message: expect.stringContaining('omni-passages')},
  ])
  const other = contextWith({...settings, 'rag.pinecone_index': 'other'})
  const [finding] = await checkVectorService(other)
  expect(finding).toMatchObject({status: 'problem', fix: expect.stringContaining('"name":"other-passages"')})
})

it('opens collections on the Weaviate server of the settings', async () => {
  const server = await startWeaviate({key: KEY})
  onTestFinished(server.close)
  const settings = {'rag.vector_db': 'weaviate', 'rag.weaviate_api_key': KEY, 'rag.weaviate_url': server.url}
  const context = contextWith(settings)
  const database = await passageDatabase('weaviate', context)
  await database.open('my-notes').replaceDocuments([documentOf('one', ['some words'])])
  expect(await (await passageDatabase('weaviate', context)).collections()).toEqual(['my-notes'])
  expect(await checkVectorService(context)).toMatchObject([
    {status: 'ok', message: expect.stringContaining('Weaviate 1.')},
  ])
  const [finding] = await checkVectorService(contextWith({...settings, 'rag.weaviate_api_key': 'wrong'}))
  expect(finding).toMatchObject({status: 'problem', fix: expect.stringContaining('WEAVIATE_API_KEY')})
})

it('says what to set where a service is chosen and nothing of it is known', async () => {
  for (const [service, variable] of [
    ['pinecone', 'PINECONE_API_KEY'],
    ['weaviate', 'WEAVIATE_URL'],
  ] as const) {
    const context = contextWith({'rag.vector_db': service})
    await expect(passageDatabase(service, context)).rejects.toBeInstanceOf(VectorDatabaseNotConfiguredError)
    expect(await checkVectorService(context)).toMatchObject([
      {status: 'problem', fix: expect.stringContaining(variable)},
    ])
  }
  expect(await checkVectorService(contextWith({}))).toEqual([])
})
