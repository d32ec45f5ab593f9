import * as z from 'zod'
import type {Operation} from '../operation/operation.ts'

/** A JSON Schema of draft 2020-12, as far as zod writes it. */
export interface JsonSchema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, JsonSchema>>
  readonly title?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly pattern?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly propertyNames?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
}

/** The schema of what a caller sends: fields with a default may be absent. Shapes with an id are below `$defs`. */
export function inputSchema(operation: Operation): JsonSchema {
  return toJsonSchema(operation.input, 'input')
}

/** The schema of what a caller gets. Later versions may add fields, so further ones are not forbidden. */
export function outputSchema(operation: Operation): JsonSchema {
  return toJsonSchema(operation.output, 'output')
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const {$schema: _, ...result} = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({zodSchema, jsonSchema}) {
      if (zodSchema instanceof z.ZodBigInt) Object.assign(jsonSchema, {type: 'string', pattern: '^-?\\d+$'})
      // What `z.int()` adds of itself: true of every number that JSON carries exactly, and no limit of the field.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      // The format says it; zod's pattern for it is 300 characters long.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
      if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
      // The id is the key below `$defs`.
      delete jsonSchema.id
    },
  })
  return result as JsonSchema
}

/** The schema with a function applied to every schema in it, the innermost first. */
export function mapSchema(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const each = (inner: JsonSchema) => mapSchema(inner, change)
  const all = (inner: Readonly<Record<string, JsonSchema>>) =>
    Object.fromEntries(Object.entries(inner).map(([name, value]) => [name, each(value)]))
  return change({
    ...schema,
    ...(schema.$defs ? {$defs: all(schema.$defs)} : {}),
    ...(schema.properties ? {properties: all(schema.properties)} : {}),
    ...(schema.items ? {items: each(schema.items)} : {}),
    ...(schema.propertyNames ? {propertyNames: each(schema.propertyNames)} : {}),
    ...(typeof schema.additionalProperties === 'object'
      ? {additionalProperties: each(schema.additionalProperties)}
      : {}),
    ...(schema.anyOf ? {anyOf: schema.anyOf.map(each)} : {}),
    ...(schema.oneOf ? {oneOf: schema.oneOf.map(each)} : {}),
    ...(schema.allOf ? {allOf: schema.allOf.map(each)} : {}),
  })
}

/** The name in a reference such as `#/$defs/Passage`. */
export function referredName(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1)
}
