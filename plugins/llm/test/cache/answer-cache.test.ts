import type {EmbeddingModel} from '@omni-ops/core/llm'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {answerKey, answerPartition} from '../../src/cache/answer-key.ts'
import type {CompletionRequest} from '../../src/model/completion-request.ts'
import {InterruptedError} from '../../src/routing/errors.ts'
import {eventsOf, question, routing, temporaryStore, textOf} from '../support/routing.ts'
import {answer, failureOf, type Script} from '../support/scripted-adapter.ts'
import {TestClock} from '@omni-ops/core/testing'

const exact = {cache: {exact: true}}
const still: CompletionRequest = {...question, temperature: 0}
const saying = (text: string): CompletionRequest => ({
  ...still,
  messages: [{role: 'user', content: [{type: 'text', text}]}],
})

test('the same request is answered again, as a stream, for nothing', async () => {
  const {call, adapters} = await routing({deployments: {a: {scripts: [answer('thirty days')]}}, ...exact})
  const first = await eventsOf(call({request: still}))
  const again = call({request: still})
  expect(await eventsOf(again)).toEqual(first)
  expect(adapters.a!.requests).toHaveLength(1)
  expect(await again.outcome).toMatchObject({cache: 'hit', costNanoUsd: 0n, attempts: []})
  expect(await again.committed).toMatchObject({cache: 'hit', deployment: 'a'})
})

test('what is said of the provider’s own cache does not change whether an answer is found', async () => {
  const {call, adapters} = await routing({deployments: {a: {scripts: [answer('thirty days')]}}, ...exact})
  const plain: CompletionRequest = {...still, system: 'Be brief.\n\nThe contract: …'}
  const kept: CompletionRequest = {
    ...still,
    system: [
      {type: 'text', text: 'Be brief.'},
      {type: 'text', text: 'The contract: …', cacheBreakpoint: {ttl: '1h'}},
    ],
    messages: still.messages.map(message => ({
      role: 'user' as const,
      content: message.content.map(part => ({...(part as {type: 'text'; text: string}), cacheBreakpoint: {}})),
    })),
    cacheBreakpoint: {},
    promptCacheKey: 'desk-7',
    promptCacheRetention: '24h',
    promptCacheOptions: {mode: 'explicit'},
  }
  await textOf(call({request: plain}))
  const again = call({request: kept})
  expect(await textOf(again)).toBe('thirty days')
  expect(await again.outcome).toMatchObject({cache: 'hit', costNanoUsd: 0n})
  expect(adapters.a!.requests).toHaveLength(1)
  const a = {provider: 'openai', model: 'm'} as const
  expect(answerPartition(a, kept)).toBe(answerPartition(a, plain))
  expect(answerKey(a, {...kept, system: 'Be brief.'})).not.toBe(answerKey(a, plain))
})

test.each([
  ['a temperature above 0', {...question, temperature: 0.7}],
  ['a temperature that the provider chooses', question],
  ['tools', {...still, tools: [{name: 't', inputSchema: {}}]}],
] as const)('%s is kept only if asked for', async (_, request) => {
  const {call, adapters} = await routing({deployments: {a: {scripts: [answer('x')]}}, ...exact})
  await textOf(call({request}))
  await textOf(call({request}))
  expect(adapters.a!.requests).toHaveLength(2)
  await textOf(call({request, cache: 'use'}))
  await textOf(call({request, cache: 'use'}))
  expect(adapters.a!.requests).toHaveLength(3)
  const asked = await routing({
    deployments: {a: {scripts: [answer('x')]}},
    cache: {exact: true, with_tools: true, with_temperature: true},
  })
  await textOf(asked.call({request}))
  await textOf(asked.call({request}))
  expect(asked.adapters.a!.requests).toHaveLength(1)
})

test.each<[string, Script]>([
  ['an answer that was cut off', answer('cut', undefined, 'length')],
  ['one that a filter stopped', answer('no', undefined, 'content-filter')],
  ['one that ended for another reason', answer('hm', undefined, 'other')],
])('%s is never kept', async (_, script) => {
  const {call, adapters} = await routing({deployments: {a: {scripts: [script]}}, ...exact})
  await textOf(call({request: still}))
  await textOf(call({request: still}))
  expect(adapters.a!.requests).toHaveLength(2)
})

test('an answer that broke off is never kept', async () => {
  const broken = [...answer('half').slice(0, 3), failureOf('transient')]
  const {call} = await routing({deployments: {a: {scripts: [broken, answer('whole')]}}, ...exact})
  await expect(eventsOf(call({request: still}))).rejects.toBeInstanceOf(InterruptedError)
  const again = call({request: still})
  expect(await textOf(again)).toBe('whole')
  expect((await again.outcome).cache).toBe('miss')
})

test('refresh asks anew and keeps the new answer; off does neither', async () => {
  const {call} = await routing({deployments: {a: {scripts: [answer('1'), answer('2'), answer('3')]}}, ...exact})
  const ask = (cache?: 'refresh' | 'off') => textOf(call({request: still, ...(cache ? {cache} : {})}))
  expect([await ask(), await ask('refresh'), await ask(), await ask('off'), await ask()]).toEqual([
    '1',
    '2',
    '2',
    '3',
    '2',
  ])
})

test('after its time an answer is asked for anew', async () => {
  const {call, clock} = await routing({
    deployments: {a: {scripts: [answer('old'), answer('new')]}},
    cache: {exact: true, ttl: 60},
  })
  await textOf(call({request: still}))
  clock.advance(59_999)
  expect(await textOf(call({request: still}))).toBe('old')
  clock.advance(1)
  expect(await textOf(call({request: still}))).toBe('new')
})

test('the oldest go where there are too many', async () => {
  const {call, engine, context, clock} = await routing({
    deployments: {a: {scripts: [answer('x')]}},
    cache: {exact: true, max_entries: 2},
  })
  for (const text of ['1', '2', '3']) {
    await textOf(call({request: saying(text)}))
    clock.advance(1_000)
  }
  expect(await engine.cache.statistics(context)).toMatchObject({entries: 2})
  expect(await engine.cache.purge(context, undefined)).toBe(2)
})

test('another tenant gets nothing of it', async () => {
  const clock = new TestClock()
  const store = await temporaryStore(clock)
  const of = (tenant: string) =>
    routing({deployments: {a: {scripts: [answer(`for ${tenant}`)]}}, ...exact, store, clock, context: {tenant}})
  const [first, second] = [await of('first'), await of('second')]
  expect(await textOf(first.call({request: still}))).toBe('for first')
  expect(await textOf(second.call({request: still}))).toBe('for second')
  expect(await textOf(first.call({request: still}))).toBe('for first')
  expect(first.adapters.a!.requests).toHaveLength(1)
})

test('a deployment that this tenant may not ask is not quoted either', async () => {
  const {call} = await routing({
    deployments: {a: {scripts: [answer('eu')], region: 'eu'}, b: {scripts: [answer('us')], region: 'us'}},
    ...exact,
  })
  await textOf(call({request: still}))
  expect(await textOf(call({request: still, requirements: {residency: 'us'}}))).toBe('us')
})

describe('keys', () => {
  const other: readonly Partial<CompletionRequest>[] = [
    {system: 's'},
    {temperature: 0.1},
    {topP: 0.5},
    {topK: 3},
    {seed: 1},
    {maxOutputTokens: 7},
    {stop: ['x']},
    {frequencyPenalty: 1},
    {presencePenalty: 1},
    {reasoningEffort: 'low'},
    {responseFormat: {type: 'json'}},
    {responseFormat: {type: 'schema', name: 'a', schema: {type: 'object'}}},
    {tools: [{name: 't', inputSchema: {}}]},
    {toolChoice: 'required'},
    {parallelToolCalls: false},
    {user: 'u'},
    {messages: [{role: 'user', content: [{type: 'image', mediaType: 'image/png', bytes: new Uint8Array([1])}]}]},
    {messages: [{role: 'user', content: [{type: 'image', mediaType: 'image/png', bytes: new Uint8Array([2])}]}]},
  ]
  const model = {provider: 'openai', model: 'm'} as const

  test('every parameter makes another key, and so does the model', () => {
    const keys = [
      answerKey(model, question),
      answerKey({...model, model: 'n'}, question),
      answerKey({...model, provider: 'azure'}, question),
      ...other.map(each => answerKey(model, {...question, ...each})),
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('the order in which parameters were written does not', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), schema => {
        const tool = (inputSchema: object) => ({...question, tools: [{name: 't', inputSchema}]}) as CompletionRequest
        const reversed = Object.fromEntries(Object.entries(schema).toReversed())
        expect(answerKey(model, tool(reversed))).toBe(answerKey(model, tool(schema)))
      }),
    )
  })

  test('the partition is the same for another last message, and for nothing else', () => {
    expect(answerPartition(model, saying('a'))).toBe(answerPartition(model, saying('b')))
    const partitions = [
      answerPartition(model, question),
      answerPartition({...model, model: 'n'}, question),
      answerPartition({...model, provider: 'azure'}, question),
      answerPartition(model, {...question, messages: [...saying('x').messages, ...question.messages]}),
      ...other.filter(each => !each.messages).map(each => answerPartition(model, {...question, ...each})),
    ]
    expect(new Set(partitions).size).toBe(partitions.length)
  })
})

describe('by meaning', () => {
  /** Texts that begin with the same word mean the same. */
  const embeddings: EmbeddingModel = {
    provider: 'test',
    model: 'by-first-word',
    embed: async texts => ({
      vectors: texts.map(text => (text.startsWith('notice') ? new Float32Array([1, 0]) : new Float32Array([0, 1]))),
      usage: {inputTokens: 1},
    }),
  }
  const semantic = {cache: {semantic: {threshold: 0.9}}, context: {embeddings: async () => embeddings}}

  test('a prompt that means the same gets the answer, inside its partition only', async () => {
    const {call, adapters} = await routing({deployments: {a: {scripts: [answer('thirty')]}}, ...semantic})
    await textOf(call({request: saying('notice period?')}))
    expect(await textOf(call({request: saying('notice how long?')}))).toBe('thirty')
    expect(adapters.a!.requests).toHaveLength(1)
    await textOf(call({request: saying('rent?')}))
    await textOf(call({request: {...saying('notice period, tell me'), system: 'Answer in German'}}))
    expect(adapters.a!.requests).toHaveLength(3)
  })

  test('another tenant gets nothing of it', async () => {
    const clock = new TestClock()
    const store = await temporaryStore(clock)
    const of = (tenant: string) =>
      routing({
        deployments: {a: {scripts: [answer(`for ${tenant}`)]}},
        cache: semantic.cache,
        store,
        clock,
        context: {...semantic.context, tenant},
      })
    await textOf((await of('first')).call({request: saying('notice period?')}))
    expect(await textOf((await of('second')).call({request: saying('notice how long?')}))).toBe('for second')
  })

  test('vectors of another embedding model say nothing of these', async () => {
    const clock = new TestClock()
    const store = await temporaryStore(clock)
    const by = (model: string) =>
      routing({
        deployments: {a: {scripts: [answer(`found ${model}`)]}},
        cache: semantic.cache,
        store,
        clock,
        context: {embeddings: async () => ({...embeddings, model})},
      })
    await textOf((await by('first')).call({request: saying('notice period?')}))
    expect(await textOf((await by('second')).call({request: saying('notice how long?')}))).toBe('found second')
  })
})
