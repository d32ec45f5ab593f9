import {referredName} from '../json-schema.ts'
import type {OpenApiDocument} from './document.ts'

type Value = Readonly<Record<string, unknown>>

/**
 * The document in OpenAPI 3.0.4, for tools that do not read 3.1 (https://spec.openapis.org/oas/v3.0.4): null as
 * `nullable`, references without siblings, `enum` for `const`. What 3.0 cannot say, such as rules for the names of
 * properties, is left out.
 */
export function asVersion30(document: OpenApiDocument): OpenApiDocument {
  const {info, paths, components, ...rest} = document as OpenApiDocument & {readonly info: Value}
  const {summary: _, license, ...about} = info as Value & {readonly license: Value}
  const {identifier: _identifier, ...namedLicense} = license
  const schemas = Object.fromEntries(
    Object.entries(components.schemas ?? {}).map(([name, schema]) => [name, schemaOf(schema as Value)]),
  )
  const converted = {
    ...rest,
    openapi: '3.0.4',
    info: {...about, license: {...namedLicense, url: 'https://www.apache.org/licenses/LICENSE-2.0'}},
    paths: convert(paths),
    components: {...(convert(components) as Value), schemas},
  }
  return withTypes(converted, schemas) as OpenApiDocument
}

/** In 3.0 `nullable` has an effect only beside `type`: that of the shape, where it stands beside a reference to one. */
function withTypes(value: unknown, schemas: Readonly<Record<string, Value>>): unknown {
  if (Array.isArray(value)) return value.map(each => withTypes(each, schemas))
  if (!isRecord(value)) return value
  const result = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withTypes(each, schemas)]))
  if (result.nullable !== true || result.type !== undefined || !Array.isArray(result.allOf)) return result
  const reference = (result.allOf as readonly Value[])[0]?.$ref
  const type = typeof reference === 'string' ? schemas[referredName(reference)]?.type : undefined
  return {...(type === undefined ? {} : {type}), ...result}
}

/** Everything that is no schema: copied, with the schemas in it converted. */
function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (key === 'schema') return [key, schemaOf(each as Value)]
      return [key, key === 'example' || key === 'examples' ? each : convert(each)]
    }),
  )
}

function schemaOf(schema: Value): Value {
  const {$ref, ...siblings} = schema
  if ($ref !== undefined) {
    return Object.keys(siblings).length === 0 ? {$ref} : {allOf: [{$ref}], ...schemaOf(siblings)}
  }
  const {propertyNames: _, const: only, examples, ...kept} = schema
  return withNull({
    ...kept,
    ...(only === undefined ? {} : {enum: [only]}),
    ...(Array.isArray(examples) ? {example: examples[0]} : {}),
    ...(typeof kept.exclusiveMinimum === 'number' ? {minimum: kept.exclusiveMinimum, exclusiveMinimum: true} : {}),
    ...(typeof kept.exclusiveMaximum === 'number' ? {maximum: kept.exclusiveMaximum, exclusiveMaximum: true} : {}),
    ...(isRecord(kept.items) ? {items: schemaOf(kept.items)} : {}),
    ...(isRecord(kept.additionalProperties) ? {additionalProperties: schemaOf(kept.additionalProperties)} : {}),
    ...(isRecord(kept.properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(kept.properties).map(([name, each]) => [name, schemaOf(each as Value)]),
          ),
        }
      : {}),
    ...Object.fromEntries(
      ['anyOf', 'oneOf', 'allOf'].flatMap(key =>
        Array.isArray(kept[key])
          ? [[key, (kept[key] as readonly Value[]).map(each => (isNull(each) ? each : schemaOf(each)))]]
          : [],
      ),
    ),
  })
}

/** `null` among the types or the alternatives becomes `nullable`. */
function withNull(schema: Value): Value {
  if (Array.isArray(schema.type)) {
    const [type, ...further] = schema.type.filter(each => each !== 'null') as string[]
    const {type: _, ...rest} = schema
    const types = further.length > 0 ? {anyOf: [type, ...further].map(each => ({type: each}))} : {type}
    return {...rest, ...types, ...(schema.type.includes('null') ? {nullable: true} : {})}
  }
  if (!Array.isArray(schema.anyOf) || !schema.anyOf.some(isNull)) return schema
  const {anyOf, ...rest} = schema as Value & {readonly anyOf: readonly Value[]}
  const [first, ...more] = anyOf.filter(each => !isNull(each))
  if (first === undefined) return {...rest, nullable: true}
  if (more.length > 0) return {...rest, anyOf: [first, ...more], nullable: true}
  // A reference has no siblings in 3.0: `allOf` of one is how its generators are told of a shape that may be null.
  return first.$ref === undefined ? {...first, ...rest, nullable: true} : {...rest, allOf: [first], nullable: true}
}

function isNull(schema: Value): boolean {
  return schema.type === 'null'
}

function isRecord(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
