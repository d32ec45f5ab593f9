import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLInputObjectType,
  GraphQLInt,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLScalarType,
  GraphQLString,
} from 'graphql'
import {type JsonSchema, referredName} from '../json-schema.ts'
import {pascalCase} from '../operation-names.ts'
import {DateTimeScalar, JsonScalar, SafeIntScalar} from './scalars.ts'

type Shapes = Readonly<Record<string, JsonSchema>>
type Leaf = GraphQLScalarType | GraphQLEnumType
type Input = Leaf | GraphQLInputObjectType | GraphQLList<GraphQLInputType>
type Output = Leaf | GraphQLObjectType | GraphQLList<GraphQLOutputType>

/**
 * GraphQL types for JSON Schemas. Names of fields stay as they are in JSON, so that there is one vocabulary; where
 * GraphQL does not allow one, `_` stands for what it does not allow. A shape with an id is one type, any other is named
 * after where it stands. What has no fixed shape, or one of several, is `JSON`.
 */
export class TypeFactory {
  readonly #outputs = new Map<string, GraphQLObjectType>()
  readonly #inputs = new Map<string, GraphQLInputObjectType>()
  readonly #enums = new Map<string, {readonly type: GraphQLEnumType; readonly values: string}>()

  /** The type of what is answered; not null unless the schema allows it. */
  output(schema: JsonSchema, shapes: Shapes, name: string): GraphQLOutputType {
    const {schema: bare, nullable} = withoutNull(schema)
    const type = this.#bareOutput(bare, shapes, name)
    return nullable ? type : new GraphQLNonNull(type)
  }

  /** The type of what is sent, without saying whether it must be. */
  input(schema: JsonSchema, shapes: Shapes, name: string): Input {
    const {schema: bare} = withoutNull(schema)
    const {schema: target, name: own} = resolve(bare, shapes, name)
    if (target.type === 'array') {
      return new GraphQLList(new GraphQLNonNull(this.input(target.items ?? {}, shapes, `${own}Item`)))
    }
    if (!hasFields(target)) return this.#leaf(target, own)
    const typeName = `${own}Input`
    const known = this.#inputs.get(typeName)
    if (known) return known
    const type = new GraphQLInputObjectType({
      name: typeName,
      ...describedBy(target),
      fields: () =>
        Object.fromEntries(
          Object.entries(target.properties ?? {}).map(([field, each]) => [
            fieldName(field),
            {...this.argument(each, shapes, `${own}${pascalCase(field)}`, target.required?.includes(field) ?? false)},
          ]),
        ),
    })
    this.#inputs.set(typeName, type)
    return type
  }

  /** A field of an input, or an argument: required or not, with what it is where it is left out. */
  argument(schema: JsonSchema, shapes: Shapes, name: string, required: boolean) {
    const type = this.input(schema, shapes, name)
    const description = schema.description ?? resolve(schema, shapes, name).schema.description
    // A default is only told: the operation's schema fills it in, for every surface alike.
    const fallback =
      schema.default === undefined ? '' : `${description ? ' ' : ''}Default: ${JSON.stringify(schema.default)}`
    return {
      type: required ? new GraphQLNonNull(type) : type,
      ...(description || fallback
        ? {description: `${description ?? ''}${description && fallback ? '.' : ''}${fallback}`}
        : {}),
    }
  }

  #bareOutput(schema: JsonSchema, shapes: Shapes, name: string): Output {
    const {schema: target, name: own} = resolve(schema, shapes, name)
    if (target.type === 'array') return new GraphQLList(this.output(target.items ?? {}, shapes, `${own}Item`))
    if (!hasFields(target)) return this.#leaf(target, own)
    const known = this.#outputs.get(own)
    if (known) return known
    const type = new GraphQLObjectType({
      name: own,
      ...describedBy(target),
      fields: () =>
        Object.fromEntries(
          Object.entries(target.properties ?? {}).map(([field, each]) => {
            const inner = this.output(each, shapes, `${own}${pascalCase(field)}`)
            const mayLack = !(target.required?.includes(field) ?? false) && inner instanceof GraphQLNonNull
            return [
              fieldName(field),
              {
                type: mayLack ? (inner.ofType as GraphQLOutputType) : inner,
                ...describedBy(each),
                resolve: (value: Readonly<Record<string, unknown>>) => value[field],
              },
            ]
          }),
        ),
    })
    this.#outputs.set(own, type)
    return type
  }

  #leaf(schema: JsonSchema, name: string): Leaf {
    const values = schema.enum ?? (typeof schema.const === 'string' ? [schema.const] : undefined)
    if (values?.every(value => typeof value === 'string')) return this.#enum(values, name, schema)
    switch (schema.type) {
      case 'string':
        return schema.format === 'date-time' ? DateTimeScalar : GraphQLString
      case 'boolean':
        return GraphQLBoolean
      case 'number':
        return GraphQLFloat
      case 'integer':
        return fitsInt(schema) ? GraphQLInt : SafeIntScalar
      default:
        return JsonScalar
    }
  }

  /** The same values under the same name are one type; others of that name get a number. */
  #enum(values: readonly string[], name: string, schema: JsonSchema): GraphQLEnumType {
    const key = JSON.stringify(values)
    for (let number = 1; ; number++) {
      const typeName = number === 1 ? name : `${name}${number}`
      const known = this.#enums.get(typeName)
      if (known?.values === key) return known.type
      if (known || this.#outputs.has(typeName)) continue
      const type = new GraphQLEnumType({
        name: typeName,
        ...describedBy(schema),
        values: Object.fromEntries(values.map(value => [fieldName(value), {value}])),
      })
      this.#enums.set(typeName, {type, values: key})
      return type
    }
  }
}

/** What is a name in GraphQL: letters, digits and `_`, not a digit at the beginning, not `__`. */
export function fieldName(name: string): string {
  const allowed = name.replaceAll(/[^A-Za-z0-9_]/g, '_')
  return /^([0-9]|__)/.test(allowed) ? `_${allowed.replace(/^_+/, '')}` : allowed
}

/**
 * What a client sent, with the names of fields that GraphQL does not allow put back, and without nulls: in JSON an
 * optional field is absent.
 */
export function jsonInput(value: unknown, schema: JsonSchema, shapes: Shapes): unknown {
  const {schema: target} = resolve(withoutNull(schema).schema, shapes, '')
  if (Array.isArray(value)) return value.map(each => jsonInput(each, target.items ?? {}, shapes))
  if (typeof value !== 'object' || value === null || !hasFields(target)) return value
  const sent = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(target.properties ?? {}).flatMap(([field, each]) => {
      const inner = sent[fieldName(field)]
      return inner === undefined || inner === null ? [] : [[field, jsonInput(inner, each, shapes)]]
    }),
  )
}

function hasFields({type, properties}: JsonSchema): boolean {
  return type === 'object' && properties !== undefined && Object.keys(properties).length > 0
}

/** `Int` only where the schema itself says that more cannot come. */
function fitsInt({minimum, maximum}: JsonSchema): boolean {
  return maximum !== undefined && maximum < 2 ** 31 && (minimum ?? -Infinity) >= -(2 ** 31)
}

function describedBy({description}: JsonSchema): {description?: string} {
  return description === undefined ? {} : {description}
}

function resolve(
  schema: JsonSchema,
  shapes: Shapes,
  name: string,
): {readonly schema: JsonSchema; readonly name: string} {
  if (schema.$ref === undefined) return {schema, name}
  const shape = referredName(schema.$ref)
  return {schema: shapes[shape] ?? {}, name: shape}
}

function withoutNull(schema: JsonSchema): {readonly schema: JsonSchema; readonly nullable: boolean} {
  if (Array.isArray(schema.type)) {
    const types = schema.type.filter(each => each !== 'null')
    const {type: _, ...rest} = schema
    const single = types.length === 1 ? {...rest, type: types[0] as string} : rest
    return {schema: single, nullable: types.length < schema.type.length}
  }
  const alternatives = schema.anyOf?.filter(each => each.type !== 'null')
  if (!schema.anyOf || !alternatives || alternatives.length === schema.anyOf.length) {
    // What may be anything may be null.
    const anything = Object.keys(schema).every(key => key === 'description' || key === 'default')
    return {schema, nullable: anything}
  }
  const [only, ...more] = alternatives
  return {schema: only !== undefined && more.length === 0 ? only : {}, nullable: true}
}
