import * as z from 'zod'
import type {Operation} from '../operation/operation.ts'

/** One field of an operation's input, as the command line sees it. */
export interface Field {
  /** The input's own name for it, snake_case. */
  readonly name: string
  /** The flag without dashes, kebab-case. */
  readonly flag: string
  readonly char?: string
  readonly positional: boolean
  readonly kind: 'text' | 'integer' | 'number' | 'boolean' | 'map'
  readonly many: boolean
  /** Items of a list may be written with commas between them. */
  readonly commas?: true
  readonly options?: readonly string[]
  readonly required: boolean
  readonly fallback?: unknown
  readonly description: string
  /** What a person is asked with, where the description says more. */
  readonly question?: string
}

interface JsonSchema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, JsonSchema>>
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

/**
 * The flags and arguments of an operation, from its input schema. Throws a TypeError for a field that the command
 * line can't express and that `cli.omit` does not leave to the command.
 */
export function fieldsOf(operation: Operation): readonly Field[] {
  const {cli} = operation
  const schema = z.toJSONSchema(operation.input, {io: 'input', unrepresentable: 'any'}) as JsonSchema
  const required = new Set(schema.required ?? [])
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => !cli.omit?.includes(name))
    .map(([name, reference]) => {
      const property = resolved(reference, schema.$defs)
      const many = property.type === 'array'
      const value = many ? resolved(property.items ?? {}, schema.$defs) : property
      const options = value.enum?.map(String)
      const char = cli.chars?.[name]
      return {
        name,
        flag: cli.names?.[name] ?? name.replaceAll('_', '-'),
        ...(char ? {char} : {}),
        positional: cli.args?.includes(name) ?? false,
        kind: kindOf(value, `${operation.id}.${name}`),
        many,
        ...(cli.commas?.includes(name) ? {commas: true as const} : {}),
        ...(options ? {options} : {}),
        required: required.has(name),
        ...(property.default === undefined ? {} : {fallback: property.default}),
        description: [property.description, cli.hints?.[name]].filter(Boolean).join('; '),
        ...(cli.hints?.[name] && property.description ? {question: property.description} : {}),
      }
    })
}

/** A shape with an id is written once, below `$defs`; what stands beside the reference to it is the field's own. */
function resolved(schema: JsonSchema, shapes: JsonSchema['$defs'] = {}): JsonSchema {
  return schema.$ref === undefined ? schema : {...shapes[schema.$ref.replace('#/$defs/', '')], ...schema}
}

function kindOf(schema: JsonSchema, where: string): Field['kind'] {
  const types = schema.anyOf ? schema.anyOf.map(each => each.type) : [schema.type]
  if (schema.enum || types.includes('string')) return 'text'
  if (types.includes('integer')) return 'integer'
  if (types.includes('number')) return 'number'
  if (types.includes('boolean')) return 'boolean'
  if (types.includes('object') && schema.properties === undefined) return 'map'
  throw new TypeError(`${where} has no form on the command line`)
}
