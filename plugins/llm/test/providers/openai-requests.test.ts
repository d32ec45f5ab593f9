import {readFile} from 'node:fs/promises'
import {Ajv2020} from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import {describe, expect, it} from 'vitest'
import type {CompletionRequest} from '../../src/model/completion-request.ts'
import {answering, callOf, failing, open, userSays, withServer} from './provider-servers.ts'

const file = new URL('openai-requests.schema.json', import.meta.url)
// The document's own unions overlap: a message fits two of its shapes.
const schemas = JSON.parse((await readFile(file, 'utf8')).replaceAll('"oneOf":', '"anyOf":')) as object
const ajv = new Ajv2020({strict: false, allErrors: true})
;(addFormats as unknown as (ajv: Ajv2020) => void)(ajv)
// The document allows more than it names; we send nothing that it does not name.
const compiled = (name: string) => ajv.compile({...schemas, $ref: `#/$defs/${name}`, unevaluatedProperties: false})
const check = compiled('CreateChatCompletionRequest')
const checkResponse = compiled('CreateResponse')

const PICTURE = {type: 'image', mediaType: 'image/webp', bytes: new Uint8Array([1, 2, 3]), detail: 'low'} as const
const TOOL = {name: 'weather', description: 'Weather', inputSchema: {type: 'object', properties: {}}, strict: false}
const CALL = {type: 'tool-call', id: 'call_1', name: 'weather', input: ''} as const

const requests: Readonly<Record<string, Partial<CompletionRequest>>> = {
  'a question': {},
  everything: {
    system: 'Be brief.',
    maxOutputTokens: 100,
    temperature: 0.5,
    topP: 0.9,
    topK: 4,
    stop: ['a', 'b'],
    seed: 7,
    frequencyPenalty: -1,
    presencePenalty: 1,
    user: 'pseudonym',
  },
  reasoning: {reasoningEffort: 'minimal'},
  json: {responseFormat: {type: 'json'}},
  'a schema': {responseFormat: {type: 'schema', name: 'answer', schema: {type: 'object', properties: {}}}},
  tools: {tools: [TOOL], toolChoice: 'required', parallelToolCalls: false},
  'one tool': {tools: [TOOL], toolChoice: {tool: 'weather'}},
  'a choice without tools': {toolChoice: 'auto', parallelToolCalls: true},
  'a conversation': {
    messages: [
      {role: 'user', content: [{type: 'text', text: 'See'}, PICTURE]},
      {role: 'assistant', content: [{type: 'reasoning', text: 'Hm.'}, {type: 'text', text: 'I ask'}, CALL]},
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            id: 'call_1',
            name: 'weather',
            content: [{type: 'text', text: 'snow'}, PICTURE],
            isError: true,
          },
        ],
      },
      {role: 'assistant', content: [{type: 'text', text: 'It snows'}]},
      {role: 'user', content: [{type: 'text', text: 'Thanks'}]},
    ],
    tools: [TOOL],
  },
  'what shall be kept': {
    system: [
      {type: 'text', text: 'Be brief.'},
      {type: 'text', text: 'The contract: …', cacheBreakpoint: {}},
    ],
    messages: [
      {
        role: 'user',
        content: [
          {type: 'text', text: 'See', cacheBreakpoint: {}},
          {...PICTURE, cacheBreakpoint: {}},
        ],
      },
      {role: 'assistant', content: [CALL]},
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            id: 'call_1',
            name: 'weather',
            content: [{type: 'text', text: 'snow'}],
            cacheBreakpoint: {},
          },
        ],
      },
    ],
    promptCacheKey: 'desk-7',
    promptCacheRetention: '24h',
    promptCacheOptions: {mode: 'explicit', ttl: '30m'},
  },
  'a call alone': {messages: [...userSays('hi').messages, {role: 'assistant', content: [CALL]}], tools: [TOOL]},
}

describe('requests to OpenAI keep to its published document', () => {
  it.each(Object.keys(requests))('%s', async name => {
    for (const model of ['gpt-4o', 'o3', 'a-model-of-tomorrow']) {
      for (const stream of [true, false]) {
        await withServer(answering('{}', {status: 400}), async (url, asked) => {
          const request = userSays('hi', requests[name])
          await failing(open('openai', url, {model}).complete(request, callOf({stream})))
          expect(asked[0]!.path).toBe('/v1/chat/completions')
          check(JSON.parse(asked[0]!.body))
          expect(check.errors ?? []).toEqual([])
        })
      }
    }
  })

  it('of models that have breakpoints', async () => {
    await withServer(answering('{}', {status: 400}), async (url, asked) => {
      const request = userSays('hi', requests['what shall be kept'])
      await failing(open('openai', url, {model: 'gpt-6-sol'}).complete(request, callOf()))
      expect(asked[0]!.path).toBe('/v1/chat/completions')
      expect(asked[0]!.body.split('prompt_cache_breakpoint')).toHaveLength(5)
      check(JSON.parse(asked[0]!.body))
      expect(check.errors ?? []).toEqual([])
    })
  })

  it.each(Object.keys(requests))('Responses: %s', async name => {
    for (const stream of [true, false]) {
      await withServer(answering('{}', {status: 400}), async (url, asked) => {
        const request = userSays('hi', {...requests[name], tools: [TOOL]})
        await failing(open('openai', url, {model: 'gpt-6-sol'}).complete(request, callOf({stream})))
        expect(asked[0]!.path).toBe('/v1/responses')
        checkResponse(JSON.parse(asked[0]!.body))
        expect(checkResponse.errors ?? []).toEqual([])
      })
    }
  })

  it.each(Object.keys(requests))('Responses of Azure, whose v1 API is that document too: %s', async name => {
    await withServer(answering('{}', {status: 400}), async (url, asked) => {
      const request = userSays('hi', {...requests[name], tools: [TOOL]})
      await failing(open('azure', url, {baseModel: 'gpt-6-sol'}).complete(request, callOf()))
      expect(asked[0]!.path).toBe('/openai/v1/responses')
      checkResponse(JSON.parse(asked[0]!.body))
      expect(checkResponse.errors ?? []).toEqual([])
    })
  })

  it('notices what is not in it', () => {
    const body = {model: 'gpt-4o', messages: [{role: 'user', content: 'hi'}]}
    expect(check(body)).toBe(true)
    expect(check({...body, top_k: 4})).toBe(false)
    expect(check({...body, temperature: 3})).toBe(false)
    expect(check({...body, messages: [{role: 'tool', content: 'x'}]})).toBe(false)
    expect(check({...body, response_format: {type: 'json_schema'}})).toBe(false)
  })
})
