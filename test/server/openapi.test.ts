import {createRequire} from 'node:module'
import {Ajv2020} from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import spectral from '@stoplight/spectral-core'
import rulesets from '@stoplight/spectral-rulesets'
import treeSitter from '@vscode/tree-sitter-wasm'
import {defineOperation, type Operation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {beforeAll, describe, expect, test} from 'vitest'
import {asVersion30, openApiDocument, type OpenApiDocument, requestExample} from '../../src/server/openapi/index.ts'
import {omni, temporaryHome} from '../cli/program.ts'
import {registry, Workspace} from '../support/workspace.ts'

let operations: readonly Operation[]
let document: OpenApiDocument

beforeAll(async () => {
  operations = (await registry.operations()).filter(({http}) => http)
  const streams = await registry.streams()
  document = openApiDocument(operations, {version: '1.2.3', topics: registry.topics(), streams})
})

interface Described {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly 'x-codeSamples': readonly {readonly lang: string; readonly source: string}[]
}

/** Every operation of a document with its method and path. */
function described({
  paths,
}: OpenApiDocument): readonly (Described & {readonly method: string; readonly path: string})[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, each]) => ({...(each as Described), method: method.toUpperCase(), path})),
  )
}

test('every operation with a route is described there, under its name and topic', () => {
  for (const {id, http} of operations) {
    const found = described(document).find(each => each.method === http?.method && each.path === http.path)
    expect(found?.operationId).toBe(id.replaceAll(/[.-]/g, '_'))
    expect(found?.tags).toEqual([id.split('.')[0]])
  }
})

test('streams of events are described beside them', () => {
  const events = (path: string) => (document.paths[path] as {get: Record<string, never>}).get
  expect(events('/api/v1/jobs/{id}/events')).toMatchObject({operationId: 'jobs_events', tags: ['jobs']})
  expect(events('/api/v1/dashboards/{id}/events')).toMatchObject({
    operationId: 'dashboard_events',
    tags: ['dashboard'],
    'x-scopes': ['dashboard:read'],
    responses: {'200': {content: {'text/event-stream': {schema: {type: 'string'}}}}},
  })
})

describe.each(['3.1', '3.0'] as const)('in OpenAPI %s', version => {
  const subject = () => (version === '3.1' ? document : asVersion30(document))

  test('Spectral has nothing to say', async () => {
    const linter = new spectral.Spectral()
    linter.setRuleset({
      extends: [[rulesets.oas as never, 'all']],
      // A deployment has an operator whom we do not know; 3.1 names a licence by its identifier.
      rules: {'contact-properties': 'off', 'license-url': 'off'},
    } as never)
    const found = await linter.run(JSON.parse(JSON.stringify(subject())))
    expect(found.map(({code, path, message}) => `${code} ${path.join('.')}: ${message}`)).toEqual([])
  })

  test('Redocly has nothing to say, by omni api lint, but of paths that their methods tell apart', async () => {
    const text = JSON.stringify(subject())
    const {code, stdout} = await omni(['api', 'lint', '-', '--json'], {input: text})
    const {errors, problems} = JSON.parse(stdout) as {errors: number; problems: {rule: string; message: string}[]}
    expect([code, errors]).toEqual([0, 0])
    for (const {rule, message} of problems) {
      expect([rule, message]).toEqual(['no-ambiguous-paths', expect.any(String)])
      const [one, other] = [...message.matchAll(/`(\S+)`/g)].map(([, path]) => Object.keys(subject().paths[path!]!))
      expect(one!.filter(method => other!.includes(method))).toEqual([])
    }
    expect(problems).toHaveLength(1)
  })

  test('every reference leads somewhere', () => {
    const whole = subject()
    const text = JSON.stringify(whole)
    const references = new Set([...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path as string))
    expect(references.size).toBeGreaterThan(20)
    for (const path of references) {
      const target = path.split('/').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], whole)
      expect(target, path).toBeDefined()
    }
  })
})

test('3.0 says nothing that only 3.1 knows', () => {
  const text = JSON.stringify(asVersion30(document).components.schemas)
  for (const word of ['"const":', '"propertyNames":', '"type":[', '"type":"null"', '"$defs":']) {
    expect(text).not.toContain(word)
  }
  expect(text).toContain('"nullable":true')
})

test('a request’s example is one that the operation accepts, and fits its schema', () => {
  const ajv = new Ajv2020({strict: false})
  formats.default(ajv)
  ajv.addSchema({...document, $id: 'api'} as object)
  for (const operation of operations) {
    const example = requestExample(operation)
    expect(operation.input.safeParse(example ?? {}).error, operation.id).toBeUndefined()
    const method = operation.http!.method
    if (method === 'GET' || method === 'DELETE' || Object.keys(operation.input.shape).length === 0) continue
    expect(example, operation.id).toBeDefined()
    const name = operation.id
      .split(/[.-]/)
      .map(word => word[0]!.toUpperCase() + word.slice(1))
      .join('')
    const body = Object.fromEntries(
      Object.entries(example ?? {}).filter(([field]) => !operation.http!.path.includes(`{${field}}`)),
    )
    if (Object.keys(body).length === 0) continue
    const validate = ajv.getSchema(`api#/components/schemas/${name}Request`)
    expect(validate?.(body), `${operation.id} ${JSON.stringify(validate?.errors)}`).toBe(true)
  }
})

test('a shape with a name is written once, twice where defaults make it two', () => {
  const Place = z.object({line: z.int().default(1)}).meta({id: 'Place'})
  const Same = z.object({text: z.string()}).meta({id: 'Same'})
  const both = defineOperation({
    id: 'probe.both',
    summary: 'Take and give places',
    http: {method: 'POST', path: '/api/v1/probe'},
    scopes: [],
    effects: 'read',
    input: z.object({places: z.array(Place), same: Same}),
    output: z.object({place: Place, same: Same, large: z.bigint()}),
    cli: {examples: ['omni probe both']},
    handler: () => Promise.reject(new Error('not called')),
  })
  const {schemas} = openApiDocument([both], {version: '1'}).components
  expect(schemas?.Place).toMatchObject({required: ['line']})
  expect(schemas?.PlaceInput).not.toHaveProperty('required')
  expect(schemas?.Same).toBeDefined()
  expect(schemas?.SameInput).toBeUndefined()
  expect(schemas?.ProbeBothRequest).toMatchObject({
    additionalProperties: false,
    properties: {places: {items: {$ref: '#/components/schemas/PlaceInput'}}, same: {$ref: '#/components/schemas/Same'}},
  })
  expect(schemas?.ProbeBothResponse).toMatchObject({properties: {large: {type: 'string'}}})
  const other = {...both, id: 'probe.other', input: z.object({place: z.object({}).meta({id: 'Place'})})} as Operation
  expect(() => openApiDocument([both, other], {version: '1'})).toThrow('Place')
})

describe('code samples', () => {
  const grammars = {Shell: 'bash', TypeScript: 'typescript', Python: 'python', Go: 'go', 'C#': 'c-sharp'} as const

  test.each(Object.entries(grammars))('in %s can be parsed', async (lang, grammar) => {
    const {resolve} = createRequire(import.meta.url)
    const {Language, Parser} = treeSitter
    await Parser.init()
    const parser = new Parser()
    parser.setLanguage(await Language.load(resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${grammar}.wasm`)))
    const awkward = {text: 'it’s `back` "quoted" \'single\' \\ $HOME\nnext', list: [], none: null, yes: true}
    const {codeSamples} = await import('../../src/server/openapi/code-samples.ts')
    const samples = [
      ...described(document).flatMap(each => each['x-codeSamples']),
      ...codeSamples({method: 'POST', path: '/x/{id}'}, {id: 'a/b', ...awkward}),
      ...codeSamples({method: 'GET', path: '/x'}, awkward),
    ].filter(each => each.lang === lang)
    expect(samples.length).toBeGreaterThan(operations.length)
    for (const {source} of samples) {
      const tree = parser.parse(source)
      expect(tree?.rootNode.hasError, `${source}\n${tree?.rootNode.toString()}`).toBe(false)
    }
  })

  test('curl sends what the example says', async () => {
    const {codeSamples} = await import('../../src/server/openapi/code-samples.ts')
    const {execFileSync} = await import('node:child_process')
    const input = {query: 'it\'s $HOME `x` \\ "y"\nnext'}
    const source = codeSamples({method: 'POST', path: '/api/v1/rag/search'}, input)[0]?.source ?? ''
    // The shell itself takes the words apart; printf shows what curl would get.
    const words = execFileSync('sh', ['-c', source.replace(/^curl/, "printf '%s\\0'")], {encoding: 'utf8'}).split('\0')
    expect(JSON.parse(words[words.indexOf('-d') + 1] ?? '')).toEqual(input)
  })
})

describe('omni api', () => {
  test('openapi writes what the server has, as JSON or YAML, to a file or stdout', async () => {
    const workspace = new Workspace()
    const {paths} = await workspace.json<OpenApiDocument>(['api', 'openapi'])
    expect(Object.keys(paths)).toEqual(Object.keys(document.paths))
    const written = await workspace.omni(['api', 'openapi', '--version', '3.0', '--out', 'api.yaml'])
    expect(written).toMatchObject({code: 0, stdout: ''})
    const {code, stdout} = await workspace.omni(['api', 'lint', 'api.yaml', '--json'])
    expect({code, ...(JSON.parse(stdout) as object)}).toMatchObject({code: 0, errors: 0})
  })

  test('postman gives a folder for each topic and the examples as bodies', async () => {
    const home = temporaryHome()
    const {code, stdout} = await omni(['api', 'postman', '--server-url', 'https://omni.example.com'], {home})
    expect(code).toBe(0)
    const collection = JSON.parse(stdout) as {
      info: {schema: string}
      item: {name: string; item: {name: string; request: {body?: {raw: string}}}[]}[]
      variable: {key: string; value: string}[]
    }
    expect(collection.info.schema).toContain('v2.1.0')
    expect(collection.item.map(({name}) => name)).toEqual(expect.arrayContaining(['rag', 'privacy', 'audit']))
    const requests = collection.item.flatMap(({item}) => item)
    expect(requests.length).toBe(described(document).length)
    const search = requests.find(({name}) => name === 'Find the passages that best match a query')
    expect(JSON.parse(search?.request.body?.raw ?? '')).toEqual({query: 'notice period'})
    expect(collection.variable).toContainEqual(
      expect.objectContaining({key: 'baseUrl', value: 'https://omni.example.com'}),
    )
  })

  test('lint tells where a document is wrong, and fails with 7', async () => {
    const workspace = new Workspace()
    workspace.write('api.yaml', 'openapi: 3.1.1\ninfo:\n  title: x\npaths: {}\n')
    const {problems} = await workspace.json<{problems: unknown[]}>(['api', 'lint', 'api.yaml'], 7)
    expect(problems).toContainEqual(
      expect.objectContaining({severity: 'error', rule: 'struct', line: 2, pointer: '#/info'}),
    )
    expect((await workspace.omni(['api', 'lint', 'none.yaml'])).code).toBe(5)
    workspace.write('other.json', '{"swagger": "9"}')
    expect((await workspace.omni(['api', 'lint', 'other.json'])).code).toBe(2)
    expect((await workspace.omni(['api', 'lint', '.'])).code).toBe(2)
  })
})
