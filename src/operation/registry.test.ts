import * as z from 'zod'
import {describe, expect, test} from 'vitest'
import {testContext} from '../testing/test-context.ts'
import {CancelledError, DeniedError} from './errors.ts'
import {InputMismatchError, invoke, OutputMismatchError} from './invoke.ts'
import {defineOperation, type OperationDefinition} from './operation.ts'
import {definePlugin} from './plugin.ts'
import {uuidV7} from './random.ts'
import {Registry} from './registry.ts'

const Input = z.object({name: z.string().min(2), count: z.int().default(1)})
const Output = z.object({greeting: z.string()})

function operation(changes: Partial<OperationDefinition<typeof Input, typeof Output>> = {}) {
  return defineOperation<typeof Input, typeof Output>({
    id: 'test.greet',
    summary: 'Greet',
    scopes: ['test:read'],
    effects: 'read',
    input: Input,
    output: Output,
    cli: {args: ['name'], examples: ['omni test greet ada']},
    handler: async () => ({
      handle: async ({name, count}: z.output<typeof Input>) => ({greeting: `${name} `.repeat(count).trim()}),
    }),
    ...changes,
  })
}

const pluginWith = (name: string, ...operations: ReturnType<typeof operation>[]) =>
  definePlugin({name, summary: name, operations: async () => operations})

describe('a definition that contradicts itself is refused at once', () => {
  test.each([
    ['an id with capitals', {id: 'Test.greet'}],
    ['no example', {cli: {examples: []}}],
    ['a confirmation of something harmless', {cli: {examples: ['x'], confirm: 'yes' as const}}],
    ['an argument that is no field', {cli: {examples: ['x'], args: ['other' as 'name']}}],
  ])('%s', (_name, changes) => {
    expect(() => operation(changes)).toThrow(TypeError)
  })
})

describe('the registry', () => {
  test('finds operations by id', async () => {
    const greet = operation()
    const registry = new Registry([pluginWith('test', greet)])
    expect(await registry.operation('test.greet')).toBe(greet)
    expect(await registry.operation('test.other')).toBeUndefined()
  })

  test('refuses one id twice, one route twice, and a plugin outside its topic', async () => {
    await expect(new Registry([pluginWith('test', operation(), operation())]).operations()).rejects.toThrow(
      'test.greet',
    )
    const http = {method: 'POST', path: '/api/v1/greet'} as const
    const twice = pluginWith('test', operation({http}), operation({id: 'test.welcome', http}))
    await expect(new Registry([twice]).operations()).rejects.toThrow('POST /api/v1/greet')
    await expect(new Registry([pluginWith('other', operation())]).operations()).rejects.toThrow('outside its topic')
  })

  test('lets a plugin speak under every topic that it declares', async () => {
    const declared = definePlugin({
      name: 'other',
      summary: 'For tests',
      topics: {other: 'Its own', test: 'Another of its own'},
      operations: async () => [operation()],
    })
    expect(await new Registry([declared]).operation('test.greet')).toBeDefined()
  })

  test('refuses one setting twice', () => {
    const settings = [{name: 'test.depth', description: 'x', schema: z.int()}]
    const plugin = (name: string) => definePlugin({name, summary: name, operations: async () => [], settings})
    expect(() => new Registry([plugin('a'), plugin('b')])).toThrow('test.depth')
  })
})

describe('invoke', () => {
  test('fills in defaults and returns what the schema lets through', async () => {
    expect(await invoke(operation(), {name: 'ada'}, testContext())).toEqual({greeting: 'ada'})
  })

  test('names everything that is wrong with an input', async () => {
    const wrong = invoke(operation(), {name: 'a', count: 1.5}, testContext())
    await expect(wrong).rejects.toThrow(InputMismatchError)
    await expect(wrong).rejects.toMatchObject({problems: [{path: 'name'}, {path: 'count'}]})
  })

  test('an answer outside its schema is a bug of the operation', async () => {
    const lying = operation({handler: async () => ({handle: async () => ({greeting: 5})})})
    await expect(invoke(lying, {name: 'ada'}, testContext())).rejects.toThrow(OutputMismatchError)
    const empty = operation({handler: async () => ({})})
    await expect(invoke(empty, {name: 'ada'}, testContext())).rejects.toThrow(TypeError)
  })

  test.each([
    [['test:read'], true],
    [['test:*'], true],
    [['test:write', 'other:read'], false],
    [['*'], false],
    [[], false],
  ])('scopes %j: %s', async (scopes, allowed) => {
    const context = testContext({principal: {id: 'key-1', kind: 'key', scopes}})
    const call = invoke(operation(), {name: 'ada'}, context)
    if (allowed) await expect(call).resolves.toEqual({greeting: 'ada'})
    else await expect(call).rejects.toThrow(DeniedError)
  })

  test('scopes are checked before the input, and nothing runs after a cancel', async () => {
    const stranger = testContext({principal: {id: 'key-1', kind: 'key', scopes: []}})
    await expect(invoke(operation(), {name: ''}, stranger)).rejects.toThrow(DeniedError)
    const cancelled = testContext({signal: AbortSignal.abort()})
    await expect(invoke(operation(), {name: 'ada'}, cancelled)).rejects.toThrow(CancelledError)
  })
})

test('a UUID version 7 carries its time, version and variant (RFC 9562, appendix A.6)', () => {
  const random = Uint8Array.from([0xcc, 0x31, 0x8c, 0x4d, 0xc0, 0xc0, 0xc0, 0x73, 0x98, 0x8f])
  const id = uuidV7(0x017f22e279b0, random)
  expect(id).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(uuidV7(1, random) < uuidV7(2, random)).toBe(true)
})
