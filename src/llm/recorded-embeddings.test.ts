import {expect, test} from 'vitest'
import {describeOnEachDatabase} from '../testing/store.ts'
import {unitContext} from '../testing/context.ts'
import type {EmbeddingModel} from './embedding-model.ts'
import {forgetEmbeddings, recordedEmbeddings, usageTotals} from './index.ts'
import {embeddingCost} from './model-price.ts'

/** A model that notes what it is asked, and counts a token for each letter. */
function model(provider = 'openai', fails = (_: string) => false): EmbeddingModel & {readonly asked: string[]} {
  const asked: string[] = []
  return {
    asked,
    provider,
    model: 'text-embedding-3-small',
    async embed(texts, {onBatch}) {
      const vectors: Float32Array[] = []
      for (const [position, text] of texts.entries()) {
        if (fails(text)) throw new Error(`no ${text}`)
        asked.push(text)
        const vector = Float32Array.of(text.length, 0.1)
        vectors.push(vector)
        await onBatch?.({positions: [position], vectors: [vector], usage: {inputTokens: text.length}})
      }
      return {vectors, usage: {inputTokens: texts.join('').length}}
    },
  }
}

describeOnEachDatabase('what is embedded', databases => {
  const open = async () => {
    const database = await databases.create([])
    const store = await database.open()
    const context = (tenant = 'acme') => ({...unitContext({tenant}), store: async () => store})
    return {store, context}
  }

  test('is asked for once, by tenant, and comes back as it was', async () => {
    const {store, context} = await open()
    const asked = model()
    const {vectors} = await recordedEmbeddings(asked, context()).embed(['one', 'three', 'one'], {kind: 'document'})
    const again = await recordedEmbeddings(asked, context()).embed(['three', 'seven', 'one'], {kind: 'document'})
    expect(asked.asked).toEqual(['one', 'three', 'seven'])
    expect(again.vectors[2]).toEqual(vectors[0])
    expect(again.vectors[0]).toEqual(Float32Array.of(5, 0.1))
    await recordedEmbeddings(asked, context('other')).embed(['one'], {kind: 'document'})
    expect(asked.asked).toHaveLength(4)
    expect(await usageTotals(store, 'other')).toMatchObject([{requests: 1, inputTokens: 3}])
    await store.close()
  })

  test('by a server of one’s own has no price, also where the cost is asked for afterwards', async () => {
    const {store, context} = await open()
    const recorded = recordedEmbeddings({...model(), isOwnServer: true}, context())
    await recorded.embed(['one'], {kind: 'document'})
    expect(await usageTotals(store, 'acme')).toMatchObject([{requests: 1, unpriced: 1}])
    expect(await embeddingCost(recorded, 3, new Date('2026-03-01T12:00:00Z'))).toBeNull()
    await store.close()
  })

  test('is kept up to a failure, with what it cost', async () => {
    const {store, context} = await open()
    const failing = model('openai', text => text === 'two')
    await expect(recordedEmbeddings(failing, context()).embed(['one', 'two'], {kind: 'document'})).rejects.toThrow(
      'two',
    )
    const whole = model()
    await recordedEmbeddings(whole, context()).embed(['one', 'two'], {kind: 'document'})
    expect(whole.asked).toEqual(['two'])
    expect(await usageTotals(store, 'acme')).toEqual([
      {
        provider: 'openai',
        model: 'text-embedding-3-small',
        kind: 'embedding.document',
        requests: 2,
        inputTokens: 6,
        // $0.02 for a million tokens.
        cost: 120e-9,
        unpriced: 0,
      },
    ])
    await store.close()
  })

  test('is forgotten when asked to be, and after its time', async () => {
    const {store, context} = await open()
    const asked = model()
    const present = context()
    const embed = (text: string) => recordedEmbeddings(asked, present).embed([text], {kind: 'document'})
    await embed('one')
    await embed('four')
    await forgetEmbeddings(asked, ['one'], present)
    await embed('one')
    await embed('four')
    expect(asked.asked).toEqual(['one', 'four', 'one'])
    const later = {...present, clock: {...present.clock, now: () => new Date('2026-12-31T00:00:00Z')}}
    await forgetEmbeddings(asked, [], later)
    await embed('four')
    expect(asked.asked).toHaveLength(4)
    await store.close()
  })

  test('of queries is written down and not remembered', async () => {
    const {store, context} = await open()
    const asked = model('cohere')
    const embed = () => recordedEmbeddings(asked, context()).embed(['secret'], {kind: 'query'})
    await embed()
    await embed()
    expect(asked.asked).toHaveLength(2)
    // Cohere has no model of this name, so no price either.
    expect(await usageTotals(store, 'acme')).toMatchObject([
      {kind: 'embedding.query', requests: 2, cost: 0, unpriced: 2},
    ])
    await store.close()
  })
})

test('costs what the price list says, and what it does not say costs nobody knows what', async () => {
  const at = new Date('2026-11-01T00:00:00Z')
  const million = 1_000_000
  const cost = (provider: string, name: string, isOwnServer = false) =>
    embeddingCost({provider, model: name, isOwnServer}, million, at)
  expect(await cost('openai', 'text-embedding-3-small')).toBe(20_000_000n)
  expect(await cost('openai', 'text-embedding-3-small', true)).toBeNull()
  expect(await cost('openai', 'no-such-model')).toBeNull()
  expect(await cost('ollama', 'nomic-embed-text')).toBe(0n)
  expect(await embeddingCost({provider: 'openai', model: 'text-embedding-3-small'}, null, at)).toBeNull()
})
