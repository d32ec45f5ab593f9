import * as z from 'zod'
import {describe, expect, test} from 'vitest'
import {defineOperation} from '../operation/operation.ts'
import type {CommandLine} from '../operation/operation.ts'
import {type Field, fieldsOf} from './fields.ts'
import {inputFrom} from './flags.ts'

function operationWith<I extends z.ZodObject>(input: I, cli: Partial<CommandLine<I>> = {}) {
  return defineOperation({
    id: 'test.run',
    summary: 'Run',
    scopes: [],
    effects: 'read',
    input,
    output: z.object({}),
    cli: {examples: ['omni test run'], ...cli},
    handler: async () => ({}),
  })
}

const fieldOf = (schema: z.ZodType): Field => {
  const [field] = fieldsOf(operationWith(z.object({some_name: schema})))
  if (!field) throw new Error('no field')
  return field
}

describe('fields of a schema', () => {
  test.each([
    ['a string', z.string(), {kind: 'text', many: false, required: true}],
    ['an optional string', z.string().optional(), {kind: 'text', required: false}],
    ['an integer with a default', z.int().default(5), {kind: 'integer', required: false, fallback: 5}],
    ['a number', z.number(), {kind: 'number'}],
    ['a boolean', z.boolean().default(false), {kind: 'boolean', required: false, fallback: false}],
    ['an enum', z.enum(['a', 'b']), {kind: 'text', options: ['a', 'b']}],
    ['a list', z.array(z.string()), {kind: 'text', many: true}],
    ['a list of an enum', z.array(z.enum(['a', 'b'])), {kind: 'text', many: true, options: ['a', 'b']}],
    ['a map', z.record(z.string(), z.string()), {kind: 'map'}],
    ['text with a format', z.iso.datetime(), {kind: 'text'}],
  ])('%s', (_name, schema, expected) => {
    expect(fieldOf(schema)).toMatchObject({name: 'some_name', flag: 'some-name', ...expected})
  })

  test('names, letters, positions and omissions are the operation’s', () => {
    const operation = operationWith(z.object({file: z.string(), top_k: z.int(), hidden: z.string()}), {
      args: ['file'],
      chars: {top_k: 'k'},
      names: {top_k: 'best'},
      omit: ['hidden'],
    })
    expect(fieldsOf(operation)).toMatchObject([
      {name: 'file', positional: true},
      {name: 'top_k', flag: 'best', char: 'k', positional: false},
    ])
  })

  test('what a command line cannot express is refused when the command is made', () => {
    expect(() => fieldOf(z.object({nested: z.object({deep: z.string()})}))).toThrow(TypeError)
  })
})

describe('input from what was typed', () => {
  const fields = fieldsOf(
    operationWith(
      z.object({
        count: z.int().optional(),
        ratio: z.number().optional(),
        labels: z.array(z.string()).optional(),
        facts: z.record(z.string(), z.string()).optional(),
      }),
    ),
  )

  test('what was not typed is left to the schema', () => {
    expect(inputFrom(fields, {})).toEqual({})
    expect(inputFrom(fields, {labels: [], count: undefined})).toEqual({})
  })

  test('numbers are converted, and refused where they are none', () => {
    expect(inputFrom(fields, {count: '12', ratio: ' -1.5e2 '})).toEqual({count: 12, ratio: -150})
    for (const text of ['', ' ', '1x', 'NaN', 'Infinity', '--']) {
      expect(() => inputFrom(fields, {count: text})).toThrow('--count expects a number')
    }
  })

  test('maps split at the first =, and a key named __proto__ is a key', () => {
    expect(inputFrom(fields, {facts: ['a=1', 'b=x=y', 'c=']})).toEqual({facts: {a: '1', b: 'x=y', c: ''}})
    const {facts} = inputFrom(fields, {facts: ['__proto__=x']}) as {facts: Record<string, string>}
    expect(Object.keys(facts)).toEqual(['__proto__'])
    expect(() => inputFrom(fields, {facts: ['none']})).toThrow('--facts expects KEY=VALUE')
    expect(() => inputFrom(fields, {facts: ['=x']})).toThrow('--facts expects KEY=VALUE')
  })
})
