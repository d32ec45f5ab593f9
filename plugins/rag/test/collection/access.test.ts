import type {Principal} from '@omni-ops/core/operation'
import {expect, test} from 'vitest'
import {describeOnEachDatabase} from '../../../../src/testing/store.ts'
import {testContext} from '../../../../src/testing/test-context.ts'
import {type BegunDocument, Catalogue, documentIdOf} from '../../src/collection/catalogue.ts'
import {migrations} from '../../src/migrations.ts'

const collection = 'manuals'

function document(source: string, access: readonly string[], simhash?: string): BegunDocument {
  return {
    id: documentIdOf(collection, source),
    source,
    title: null,
    media_type: 'text/plain',
    language: 'sl',
    bytes: 10,
    content_hash: 'a'.repeat(64),
    fingerprint: '',
    metadata: {},
    ingested_at: '2026-11-22T10:00:00.000Z',
    access,
    simhash,
  }
}

const everybody = document('a.txt', [], '0000000000000000')
const some = document('b.txt', ['group:hr', 'user:key:ana'], '0000000000000001')

describeOnEachDatabase('what the catalogue shows of documents with an access list', databases => {
  test('nothing to others, all to those it names, and what an ingest says last holds', async () => {
    const store = await (await databases.create(migrations)).open()
    const as = (principal: Principal): Catalogue => new Catalogue(store, testContext({store, principal}))
    const key = (id: string, groups: readonly string[] = []): Principal => ({
      id,
      kind: 'key',
      scopes: ['rag:*'],
      groups,
    })
    const owner = as({id: 'local', kind: 'local', scopes: '*'})
    const ingested = async (documents: readonly BegunDocument[]): Promise<void> => {
      const attempt = await owner.begin(collection, documents, 'lancedb')
      const entries = documents.map(({access: _, simhash: __, ...entry}) => ({...entry, chunks: 1}))
      await owner.complete(collection, attempt, entries, {documents: documents.length})
    }
    const sources = async (catalogue: Catalogue): Promise<string[]> =>
      (await catalogue.list(collection, {limit: 10})).map(({source}) => source)

    await ingested([everybody, some])
    const stranger = as(key('key:bor', ['sales']))
    expect(await sources(stranger)).toEqual(['a.txt'])
    expect(await stranger.totals()).toMatchObject([{documents: 1, bytes: 10}])
    expect(await stranger.histogram(collection, 'language')).toEqual({sl: 1})
    expect(await stranger.simhashes(collection)).toEqual([['a.txt', '0000000000000000']])
    expect(await stranger.simhashesNear(collection, ['0000000000000003'])).toMatchObject([{source: 'a.txt'}])
    expect(await stranger.firstIds(collection, 10, {visible: true})).toEqual([everybody.id])
    expect([...(await stranger.hidden([everybody.id, some.id]))]).toEqual([some.id])
    expect(await stranger.hasHidden(collection)).toBe(true)
    await expect(stranger.find(collection, 'b.txt')).rejects.toMatchObject({code: 'unknown_document'})
    expect(await stranger.compare(collection, [some])).toEqual(['added'])

    for (const catalogue of [owner, as(key('key:cene', ['sales', 'hr'])), as(key('key:ana'))]) {
      expect(await sources(catalogue)).toEqual(['a.txt', 'b.txt'])
      expect(await catalogue.hasHidden(collection)).toBe(false)
      expect(await catalogue.simhashesNear(collection, ['0000000000000003'])).toHaveLength(2)
    }
    expect(await owner.accessOf([everybody.id, some.id])).toEqual(new Map([[some.id, ['group:hr', 'user:key:ana']]]))

    await ingested([{...some, access: ['group:sales']}])
    expect(await sources(stranger)).toEqual(['a.txt', 'b.txt'])
    expect(await sources(as(key('key:ana')))).toEqual(['a.txt'])

    await owner.beginRemoval([some.id])
    await owner.completeRemoval(collection, [some.id], false)
    expect(await owner.accessOf([some.id])).toEqual(new Map())
    await store.close()
  })
})
