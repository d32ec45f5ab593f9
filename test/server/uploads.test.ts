import * as z from 'zod'
import {describe, expect, test} from 'vitest'
import {defineOperation} from '../../src/operation/index.ts'
import {openApiDocument} from '../../src/server/openapi/index.ts'
import {testApp} from '../support/app.ts'

const Uploaded = z.object({name: z.string().max(255).optional(), data: z.base64()})
const input = z.object({
  files: z.array(Uploaded).min(1).max(3).describe('What to measure'),
  languages: z.array(z.string()).default([]),
  times: z.int().default(1),
  exact: z.boolean().default(false),
})

const measure = defineOperation({
  id: 'probe.measure',
  summary: 'Measure files',
  http: {method: 'POST', path: '/api/v1/probe/measure', files: 'files'},
  scopes: ['probe:read'],
  effects: 'read',
  input,
  output: z.object({names: z.array(z.string()), bytes: z.int(), languages: z.array(z.string()), exact: z.boolean()}),
  cli: {omit: ['files'], examples: ['omni probe measure']},
  handler: async () => ({
    handle: async ({files, languages, times, exact}: z.output<typeof input>) => ({
      names: files.map(({name}) => name ?? ''),
      bytes: times * files.reduce((sum, {data}) => sum + Buffer.from(data, 'base64').length, 0),
      languages,
      exact,
    }),
  }),
})

/** A form as it goes over the wire. */
async function encoded(form: FormData) {
  const response = new Response(form)
  return {type: response.headers.get('content-type')!, body: await response.arrayBuffer()}
}

async function measureServer(bodyLimit = 1_000_000) {
  const server = await testApp({extraOperations: [measure], bodyLimit})
  const key = await server.key(['probe:read'])
  const post = async (form: FormData | {readonly type: string; readonly text: string}) => {
    const {body, type} = form instanceof FormData ? await encoded(form) : {body: form.text, type: form.type}
    const response = await server.app.request('/api/v1/probe/measure', {
      method: 'POST',
      body,
      headers: {'content-type': type, authorization: `Bearer ${key}`},
    })
    return {status: response.status, json: (await response.json()) as Record<string, unknown>}
  }
  return {server, key, post}
}

describe('files that are uploaded as a form', () => {
  test('are what the same files are in JSON, beside texts that become what their fields ask for', async () => {
    const {server, key, post} = await measureServer()
    const form = new FormData()
    form.append('files', new File([new Uint8Array([0, 255, 10, 13])], 'račun.png'))
    form.append('files', new File(['abc'], 'b.txt'))
    form.append('languages', 'eng')
    form.append('languages', 'slv')
    form.append('times', '2')
    form.append('exact', 'true')
    const expected = {names: ['račun.png', 'b.txt'], bytes: 14, languages: ['eng', 'slv'], exact: true}
    expect(await post(form)).toEqual({status: 200, json: expected})
    const {json} = await server.request('/api/v1/probe/measure', {
      key,
      body: {
        files: [
          {name: 'račun.png', data: Buffer.from([0, 255, 10, 13]).toString('base64')},
          {name: 'b.txt', data: Buffer.from('abc').toString('base64')},
        ],
        languages: ['eng', 'slv'],
        times: 2,
        exact: true,
      },
    })
    expect(json).toEqual(expected)
  })

  test('one file is a list of one', async () => {
    const {post} = await measureServer()
    const form = new FormData()
    form.append('files', new File(['abc'], 'a.txt'))
    expect((await post(form)).json).toMatchObject({names: ['a.txt'], bytes: 3})
  })

  test('what does not fit is told as a problem: another field, too many, none, no form, too large', async () => {
    const {post} = await measureServer(5_000)
    const withParts = (...parts: [string, string | File][]) => {
      const form = new FormData()
      for (const [name, value] of parts) form.append(name, value as string)
      return post(form)
    }
    const file = new File(['abc'], 'a.txt')
    expect(await withParts(['other', file])).toMatchObject({status: 400, json: {code: 'malformed_body'}})
    expect(await withParts(['files', file], ['what', 'x'])).toMatchObject({status: 422})
    const four = Array.from({length: 4}, (): [string, File] => ['files', file])
    expect(await withParts(...four)).toMatchObject({status: 422, json: {code: 'invalid_input'}})
    expect(await withParts(['times', '2'])).toMatchObject({status: 422, json: {code: 'invalid_input'}})
    expect(await withParts(['files', file], ['files', 'no file'])).toMatchObject({status: 400})
    const large = new File([new Uint8Array(6_000)], 'l')
    expect(await withParts(['files', large])).toMatchObject({status: 413, json: {code: 'body_too_large'}})
    const type = 'multipart/form-data; boundary=x'
    for (const text of ['', '--x', '--x\r\n\r\n', 'nonsense']) {
      expect(await post({type, text}), text).toMatchObject({status: 400, json: {code: 'malformed_body'}})
    }
    expect(await post({type: 'multipart/form-data', text: 'x'})).toMatchObject({status: 400})
  })

  test('only operations that say so take a form', async () => {
    const {server} = await measureServer()
    const key = await server.key(['rag:read'])
    const form = new FormData()
    form.append('query', 'x')
    const {body, type} = await encoded(form)
    const headers = {'content-type': type, authorization: `Bearer ${key}`}
    const answer = await server.app.request('/api/v1/rag/search', {method: 'POST', body, headers})
    expect(answer.status).toBe(415)
  })

  test('are in the API’s document', () => {
    const {paths, components} = openApiDocument([measure], {version: '1'})
    const {requestBody} = paths['/api/v1/probe/measure']!.post as {requestBody: {content: Record<string, unknown>}}
    expect(requestBody.content['multipart/form-data']).toEqual({
      schema: {$ref: '#/components/schemas/ProbeMeasureForm'},
    })
    expect(components.schemas?.ProbeMeasureForm).toMatchObject({
      properties: {files: {type: 'array', items: {type: 'string', format: 'binary'}}, times: {type: 'integer'}},
    })
  })
})
