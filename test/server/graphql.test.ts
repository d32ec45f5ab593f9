import {serverAudits} from 'graphql-http'
import {defineOperation, NotConfiguredError, type Operation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {graphQlHandler, type GraphQlOptions} from '../../src/server/graphql/index.ts'
import type {OperationCall} from '../../src/server/operation-call.ts'
import type {Session} from '../../src/cli/session.ts'
import {callIn} from '../support/surface-call.ts'
import {registry, Workspace} from '../support/workspace.ts'

let session: Session
let operations: readonly Operation[]
const cleanUps: (() => void)[] = []

beforeAll(async () => {
  session = await new Workspace({atEnd: cleanUp => cleanUps.push(cleanUp)}).session()
  operations = (await registry.operations()).filter(({http}) => http)
})

afterAll(async () => {
  await session.close()
  for (const cleanUp of cleanUps) cleanUp()
})

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly {readonly message: string; readonly extensions?: Readonly<Record<string, unknown>>}[]
}

const url = 'http://omni.test/graphql'

function handler(options: Partial<GraphQlOptions> = {}, call: OperationCall = callIn(session.context)) {
  const handle = graphQlHandler({operations, ...options})
  return (request: Request) => handle(request, call)
}

async function ask(query: string, options: Partial<GraphQlOptions> & {call?: OperationCall; variables?: unknown} = {}) {
  const {call, variables, ...rest} = options
  const answer = await handler(
    rest,
    call,
  )(
    new Request(url, {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({query, variables}),
    }),
  )
  return (await answer.json()) as Answer
}

test('documents that were written by a mutation are found by a query, with metadata as JSON', async () => {
  const written = await ask(
    `mutation ($documents: [IngestedDocumentInput!]!) {
      rag_ingest(collection: "manuals", documents: $documents) { chunks documents { source status } }
    }`,
    {
      variables: {
        documents: [
          {source: 'handbook.md', content: 'The notice period is three months.', metadata: {year: 2026}, title: null},
        ],
      },
    },
  )
  expect(written).toEqual({
    data: {rag_ingest: {chunks: 1, documents: [{source: 'handbook.md', status: 'added'}]}},
  })
  const found = await ask(`{
    rag_search(query: "notice period", collection: "manuals", filter_metadata: {year: 2026}) {
      count results { source text metadata score }
    }
    rag_status(collection: "manuals") { documents bytes languages updated_at answers }
  }`)
  expect(found.errors).toBeUndefined()
  expect(found.data?.rag_search).toMatchObject({count: 1, results: [{source: 'handbook.md', metadata: {year: 2026}}]})
  expect(found.data?.rag_status).toMatchObject({documents: 1, languages: {en: 1}, answers: 'extract'})
})

test('an error of an operation carries its code, hint, status and exit code', async () => {
  const {data, errors} = await ask('{ rag_show(source: "none.md", collection: "nowhere") { document { source } } }')
  expect(data).toBeNull()
  expect(errors?.[0]?.extensions).toMatchObject({code: 'unknown_document', status: 404, exit_code: 5})
  const wrong = await ask('{ rag_search(query: "x", top_k: 99) { count } }')
  expect(wrong.errors?.[0]?.extensions).toMatchObject({code: 'invalid_input', status: 422})
})

test('a variable that does not fit is an error of its sender', async () => {
  const {errors} = await ask('query ($q: String!) { rag_search(query: $q) { count } }', {variables: {q: 5}})
  expect(errors).toMatchObject([{message: expect.stringMatching(/\$q.*String cannot represent/)}])
  expect(errors?.[0]?.extensions?.code).not.toBe('bug')
})

test('an unexpected error tells nothing but that it is one', async () => {
  const call: OperationCall = () => Promise.reject(new Error('password=hunter2'))
  const {errors} = await ask('{ rag_collections { collections { collection } } }', {call})
  expect(errors).toMatchObject([{message: 'omni has a bug', extensions: {code: 'bug'}}])
  expect(JSON.stringify(errors)).not.toContain('hunter2')
})

describe('shapes', () => {
  const odd = defineOperation({
    id: 'odd.shapes',
    summary: 'Answer with odd shapes',
    scopes: [],
    effects: 'read',
    input: z.object({'with-dash': z.string().default('x'), level: z.enum(['very high', '3d']).optional()}),
    output: z.object({
      'ndcg@10': z.number(),
      level: z.enum(['very high', '3d']).nullable(),
      large: z.int(),
      either: z.union([z.string(), z.array(z.number())]),
      maybe: z.string().optional(),
    }),
    cli: {examples: ['omni odd shapes']},
    handler: () => Promise.reject(new NotConfiguredError('not called')),
  })

  test('names that GraphQL does not allow are replaced on both ways', async () => {
    const inputs: unknown[] = []
    const call: OperationCall = async (_operation, input) => {
      inputs.push(input)
      return {'ndcg@10': 0.5, level: '3d', large: 2 ** 40, either: [1, 2]}
    }
    const {data, errors} = await ask(
      '{ odd_shapes(with_dash: "y", level: very_high) { ndcg_10 level large either maybe } }',
      {operations: [odd], call},
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      odd_shapes: {ndcg_10: 0.5, level: '_3d', large: 2 ** 40, either: [1, 2], maybe: null},
    })
    expect(inputs).toEqual([{'with-dash': 'y', level: 'very high'}])
  })
})

describe('limits', () => {
  const code = (answer: Answer) => answer.errors?.map(each => each.extensions?.code)

  test('too many operations in one request are refused, under whatever aliases and fragments', async () => {
    const calls: string[] = []
    const call: OperationCall = async operation => {
      calls.push(operation.id)
      return {collections: []}
    }
    const fields = Array.from({length: 11}, (_, index) => `a${index}: rag_collections { collections { collection } }`)
    expect(code(await ask(`{ ${fields.join('\n')} }`, {call}))).toEqual(['query_too_large'])
    expect(code(await ask(`{ ...All } fragment All on Query { ... { ${fields.join('\n')} } }`, {call}))).toEqual([
      'query_too_large',
    ])
    expect(calls).toEqual([])
    expect(code(await ask(`{ ${fields.slice(1).join('\n')} }`, {call}))).toBeUndefined()
    expect(calls).toHaveLength(10)
  })

  test('fragments that double at every step are refused as quickly as they are read', async () => {
    const steps = 40
    const fragments = Array.from(
      {length: steps},
      (_, index) =>
        `fragment F${index} on Query { ${index + 1 < steps ? `...F${index + 1} ...F${index + 1}` : '__typename rag_collections { collections { collection } }'} }`,
    )
    expect(code(await ask(`{ ...F0 } ${fragments.join('\n')}`))).toContain('query_too_large')
  })

  test('a fragment that spreads itself is refused', async () => {
    const {errors} = await ask('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }')
    expect(errors?.[0]?.message).toContain('Cannot spread fragment')
  })

  test('depth and number of tokens are limited', async () => {
    const limits = {depth: 2, calls: 10, fields: 100, tokens: 60}
    expect(code(await ask('{ rag_collections { collections { collection } } }', {limits}))).toEqual(['query_too_large'])
    const {errors} = await ask(`{ rag_collections { ${'__typename '.repeat(60)} } }`, {limits})
    expect(errors?.[0]?.message).toContain('tokens')
  })

  test('the schema can be kept to oneself', async () => {
    expect((await ask('{ __schema { queryType { name } } }')).data).toEqual({__schema: {queryType: {name: 'Query'}}})
    const {data, errors} = await ask('{ __schema { queryType { name } } }', {introspection: false})
    expect(data).toBeUndefined()
    expect(errors?.[0]?.message).toContain('introspection')
  })
})

describe('subscriptions', () => {
  const emitting: OperationCall = async (_operation, _input, {emit} = {}) => {
    emit?.({type: 'progress', label: 'Reading', done: 1, total: 2})
    emit?.({type: 'note', level: 'warn', message: 'half'})
    emit?.({type: 'delta', text: 'piece'})
    return {collections: []}
  }
  const query = `subscription { rag_collections {
    progress { label done total } note { level message } delta result { collections { collection } }
  } }`

  const subscribe = (call: OperationCall, text = query, method = 'POST', signal?: AbortSignal) =>
    handler(
      {},
      call,
    )(
      method === 'GET'
        ? new Request(`${url}?query=${encodeURIComponent(text)}`, {headers: {Accept: 'text/event-stream'}})
        : new Request(url, {
            method,
            headers: {'Content-Type': 'application/json', Accept: 'text/event-stream'},
            body: JSON.stringify({query: text}),
            ...(signal ? {signal} : {}),
          }),
    )

  test('what an operation says arrives in order, the result last', async () => {
    for (const method of ['POST', 'GET']) {
      const answer = await subscribe(emitting, query, method)
      expect(answer.headers.get('content-type')).toContain('text/event-stream')
      const updates = [...(await answer.text()).matchAll(/^data: ?(\{.*)$/gm)].map(
        ([, data]) => (JSON.parse(data as string) as Answer).data?.rag_collections as Record<string, unknown>,
      )
      expect(updates).toEqual([
        {progress: {label: 'Reading', done: 1, total: 2}, note: null, delta: null, result: null},
        {progress: null, note: {level: 'warn', message: 'half'}, delta: null, result: null},
        {progress: null, note: null, delta: 'piece', result: null},
        {progress: null, note: null, delta: null, result: {collections: []}},
      ])
    }
  })

  test('who stops reading cancels the operation', async () => {
    let cancelled!: () => void
    const ended = new Promise<void>(settle => (cancelled = settle))
    const call: OperationCall = (_operation, _input, {signal, emit} = {}) => {
      emit?.({type: 'delta', text: 'first'})
      return new Promise((_settle, fail) =>
        signal?.addEventListener('abort', () => {
          cancelled()
          fail(new Error('aborted'))
        }),
      )
    }
    const reader = (await subscribe(call)).body!.getReader()
    await reader.read()
    await reader.cancel()
    await ended
  })

  test('one that writes is refused by GET, even through fragments', async () => {
    const calls: string[] = []
    const call: OperationCall = async operation => {
      calls.push(operation.id)
      return {}
    }
    const text = 'subscription { ... on Subscription { rag_remove(all: true) { delta } } }'
    expect(await (await subscribe(call, text, 'GET')).text()).toContain('method_not_allowed')
    expect(calls).toEqual([])
  })
})

test('a mutation by GET and a form of a foreign page are refused', async () => {
  const mutation = 'mutation { rag_remove(all: true) { collection } }'
  const calls: string[] = []
  const send = handler({}, async operation => {
    calls.push(operation.id)
    return {}
  })
  expect((await send(new Request(`${url}?query=${encodeURIComponent(mutation)}`))).status).toBe(405)
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
  ]) {
    const body = type.endsWith('urlencoded') ? `query=${encodeURIComponent(mutation)}` : mutation
    const answer = await send(new Request(url, {method: 'POST', headers: {'Content-Type': type}, body}))
    expect(answer.status).toBe(415)
  }
  expect(calls).toEqual([])
})

// The suite of the specification's authors: every MUST, and what it says SHOULD be.
test('the audit of GraphQL over HTTP passes', async () => {
  const send = handler({}, async () => ({}))
  const audits = serverAudits({url, fetchFn: (input: string, init?: RequestInit) => send(new Request(input, init))})
  const results = await Promise.all(audits.map(async audit => ({name: audit.name, result: await audit.fn()})))
  expect(results.length).toBeGreaterThan(50)
  const failed = results.filter(({result}) => result.status === 'error')
  expect(failed.map(({name, result}) => `${name}: ${'reason' in result ? result.reason : ''}`)).toEqual([])
})
