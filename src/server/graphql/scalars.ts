import {GraphQLError, GraphQLScalarType, Kind, type ValueNode} from 'graphql'

/** Any JSON value: what has no fixed shape, such as metadata, or one of several shapes. */
export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  serialize: value => value,
  parseValue: value => value,
  parseLiteral: (node, variables) => jsonOf(node, variables ?? {}),
})

function jsonOf(node: ValueNode, variables: Readonly<Record<string, unknown>>): unknown {
  switch (node.kind) {
    case Kind.NULL:
      return null
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value)
    case Kind.LIST:
      return node.values.map(each => jsonOf(each, variables))
    case Kind.OBJECT:
      // Own properties whatever their names: `__proto__` is a key like any other.
      return Object.fromEntries(node.fields.map(({name, value}) => [name.value, jsonOf(value, variables)]))
    case Kind.VARIABLE:
      return variables[node.name.value]
    default:
      return node.value
  }
}

/** An integer that JSON carries exactly: GraphQL's own `Int` ends at 2³¹ − 1, which sizes in bytes exceed. */
export const SafeIntScalar = new GraphQLScalarType<number, number>({
  name: 'SafeInt',
  description: 'An integer between −(2⁵³ − 1) and 2⁵³ − 1',
  serialize: safeInteger,
  parseValue: safeInteger,
  parseLiteral: node => safeInteger(node.kind === Kind.INT ? Number(node.value) : undefined),
})

function safeInteger(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw new GraphQLError('SafeInt expects an integer between −(2⁵³ − 1) and 2⁵³ − 1')
}

export const DateTimeScalar = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  description: 'A time, ISO 8601 in UTC',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: text,
  parseValue: text,
  parseLiteral: node => text(node.kind === Kind.STRING ? node.value : undefined),
})

function text(value: unknown): string {
  if (typeof value === 'string') return value
  throw new GraphQLError('DateTime expects a text')
}
