import {Ajv2020, type ValidateFunction} from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import fc from 'fast-check'
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest'
import type {Operation} from '../../src/operation/index.ts'
import {inputSchema, type JsonSchema} from '../../src/server/json-schema.ts'
import {openApiDocument, type OpenApiDocument} from '../../src/server/openapi/index.ts'
import {surfaces} from '../../src/server/surfaces.ts'
import {type Answer, testApp, type TestApp, type TestAppOptions} from '../support/app.ts'
import {arbitraryOf} from '../support/json-arbitrary.ts'
import {registry, Workspace} from '../support/workspace.ts'

const operations = (await registry.operations()).filter(({http}) => http)
const routes = operations.map(operation => [`${operation.http!.method} ${operation.http!.path}`, operation] as const)

let document: OpenApiDocument
let ajv: Ajv2020

beforeAll(() => {
  document = openApiDocument(operations, {version: '1'})
  ajv = new Ajv2020({strict: false, allErrors: true})
  formats.default(ajv)
  ajv.addSchema({...document, $id: 'api'} as object)
})

/** Requests that fit the document's schema of an operation's input. */
function inputs(operation: Operation): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const schema = inputSchema(operation)
  return arbitraryOf({...schema, type: 'object', properties: schema.properties ?? {}}, schema.$defs ?? {}) as never
}

function send({request}: TestApp, key: string, {http}: Operation, input: Readonly<Record<string, unknown>>) {
  const {method, path} = http!
  const rest = new Map(Object.entries(input))
  const filled = path.replaceAll(/\{([a-z0-9_]+)\}/g, (_field, name: string) => {
    const value = String(rest.get(name))
    rest.delete(name)
    // A path cannot hold an empty segment, nor one that is a step.
    return encodeURIComponent(/^\.{0,2}$/.test(value) ? 'x' : value)
  })
  if (method !== 'GET' && method !== 'DELETE') {
    return request(filled, {method, key, body: Object.fromEntries(rest)})
  }
  const query = new URLSearchParams()
  for (const [name, value] of rest) {
    for (const each of [value].flat())
      query.append(name, typeof each === 'object' ? JSON.stringify(each) : String(each))
  }
  return request(`${filled}?${query}`, {method, key})
}

const validators = new Map<string, ValidateFunction>()

/** Whether an answer is one that the document tells of, for its status or for any other. */
function expectDescribed({http}: Operation, answer: Answer): void {
  const method = http!.method.toLowerCase()
  const responses = (document.paths[http!.path]![method] as {responses: Record<string, {$ref?: string}>}).responses
  const status = responses[String(answer.status)] ? String(answer.status) : 'default'
  const reference = responses[status]?.$ref?.slice(2)
  const place =
    reference ?? `paths/${http!.path.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}/responses/${status}`
  const type = answer.status < 400 ? 'application/json' : 'application/problem+json'
  expect(answer.headers.get('content-type')).toContain(type)
  const pointer = `api#/${place}/content/${type.replace('/', '~1')}/schema`
    .replaceAll('{', '%7B')
    .replaceAll('}', '%7D')
  const validate = validators.get(pointer) ?? ajv.compile({$ref: pointer})
  validators.set(pointer, validate)
  expect(validate(answer.json), `${answer.text}\n${JSON.stringify(validate.errors)}`).toBe(true)
}

async function appWithKey(atEnd: NonNullable<TestAppOptions['atEnd']> = onTestFinished) {
  const workspace = new Workspace({env: {OMNI_PRIVACY_KEY: Buffer.alloc(32, 7).toString('base64')}, atEnd})
  const server = await testApp({
    workspace,
    atEnd,
    mounts: [surfaces({topics: {}, allowDestructiveTools: true, introspection: true})],
  })
  return {server, key: await server.key(['*'])}
}

/** More of them, for a long look: `OMNI_FUZZ_RUNS=500 npx vitest run test/contract/routes.test.ts`. */
const numRuns = Number(process.env.OMNI_FUZZ_RUNS ?? 25)

const runs = {numRuns, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false, endOnFailure: true}

test.each(routes)(
  '%s: what fits is never a fault of the server, and the answer is as described',
  async (_route, operation) => {
    const {server, key} = await appWithKey()
    await fc.assert(
      fc.asyncProperty(inputs(operation), async input => {
        const answer = await send(server, key, operation, input)
        // A provider that nobody configured is no fault.
        if (answer.status !== 503) expect(answer.status, answer.text).toBeLessThan(500)
        expectDescribed(operation, answer)
      }),
      runs,
    )
  },
)

/** Ways to make an input not fit. */
function broken(operation: Operation): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const {properties = {}, required = []} = inputSchema(operation)
  const inPath = (name: string) => operation.http!.path.includes(`{${name}}`)
  const names = Object.keys(properties).filter(name => !inPath(name))
  const changes: fc.Arbitrary<(input: Readonly<Record<string, unknown>>) => Record<string, unknown>>[] = [
    fc.constant(input => ({...input, no_such_field: 1})),
  ]
  const needed = required.filter(name => !inPath(name))
  if (needed.length > 0) {
    changes.push(
      fc
        .constantFrom(...needed)
        .map(name => input => Object.fromEntries(Object.entries(input).filter(([each]) => each !== name))),
    )
  }
  const typed = names.filter(name => isTyped(properties[name]))
  const isQuery = operation.http!.method === 'GET' || operation.http!.method === 'DELETE'
  if (typed.length > 0 && !isQuery) {
    changes.push(fc.constantFrom(...typed).map(name => input => ({...input, [name]: null})))
    changes.push(fc.constantFrom(...typed).map(name => input => ({...input, [name]: [[[{}]]]})))
  }
  return fc.tuple(inputs(operation), fc.oneof(...changes)).map(([input, change]) => change(input))
}

function isTyped(schema: JsonSchema | undefined): boolean {
  return ['string', 'integer', 'number', 'boolean'].includes(String(schema?.type))
}

describe('with one server for all, as nothing comes of what is refused', () => {
  let all: Awaited<ReturnType<typeof appWithKey>>
  beforeAll(async () => {
    all = await appWithKey(afterAll)
  })

  test.each(routes)('%s: what does not fit is told as a problem', async (_route, operation) => {
    const {server, key} = all
    await fc.assert(
      fc.asyncProperty(broken(operation), async input => {
        const answer = await send(server, key, operation, input)
        expect(answer.status, answer.text).toBe(422)
        expect(answer.json.code).toBe('invalid_input')
        expectDescribed(operation, answer)
      }),
      runs,
    )
  })
})
