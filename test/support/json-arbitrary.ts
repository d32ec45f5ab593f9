import fc from 'fast-check'
import {type JsonSchema, referredName} from '../../src/server/json-schema.ts'

type Shapes = Readonly<Record<string, JsonSchema>>

/** How large generated texts and lists become, where the schema allows more. */
const longest = 12
const most = 3

/** Values that fit a JSON Schema, with references into `shapes`. Texts hold any character of Unicode. */
export function arbitraryOf(schema: JsonSchema, shapes: Shapes): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return arbitraryOf(shapes[referredName(schema.$ref)] ?? {}, shapes)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.const !== undefined) return fc.constant(schema.const)
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives) return fc.oneof(...alternatives.map(each => arbitraryOf(each, shapes)))
  if (Array.isArray(schema.type)) {
    return fc.oneof(...schema.type.map(type => arbitraryOf({...schema, type}, shapes)))
  }
  switch (schema.type) {
    case 'string':
      return textOf(schema)
    case 'integer':
      return fc.integer({min: schema.minimum ?? -1000, max: Math.min(schema.maximum ?? 1000, 100_000)})
    case 'number':
      return fc.double({
        min: schema.minimum ?? schema.exclusiveMinimum ?? -1000,
        max: schema.maximum ?? schema.exclusiveMaximum ?? 1000,
        minExcluded: schema.exclusiveMinimum !== undefined,
        maxExcluded: schema.exclusiveMaximum !== undefined,
        noNaN: true,
      })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(arbitraryOf(schema.items ?? {}, shapes), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? most, Math.max(most, schema.minItems ?? 0)),
      })
    case 'object':
      return objectOf(schema, shapes)
    default:
      // No body may have a member of this name, at any depth: test/server/security.test.ts.
      return fc.jsonValue({maxDepth: 2}).filter(value => !JSON.stringify(value).includes('"__proto__":'))
  }
}

function textOf({pattern, format, minLength = 0, maxLength = Infinity}: JsonSchema): fc.Arbitrary<string> {
  if (format === 'date-time') {
    return fc.date({min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true}).map(date => date.toISOString())
  }
  if (format === 'uri') return fc.webUrl()
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern)).filter(text => text.length <= maxLength)
  const words = fc.string({unit: 'binary', minLength, maxLength: Math.min(maxLength, Math.max(minLength, longest))})
  // UTF-16 units are what zod counts; a character outside the basic plane is two.
  return words.filter(text => text.length <= maxLength && text.length >= minLength)
}

function objectOf(schema: JsonSchema, shapes: Shapes): fc.Arbitrary<unknown> {
  if (schema.properties === undefined) {
    const values = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {}
    const names = arbitraryOf(schema.propertyNames ?? {type: 'string'}, shapes) as fc.Arbitrary<string>
    return fc.dictionary(
      // No body may have a member of this name: test/server/security.test.ts.
      names.filter(name => name !== '__proto__'),
      arbitraryOf(values, shapes),
      {
        maxKeys: most,
        noNullPrototype: true,
      },
    )
  }
  const fields = Object.fromEntries(
    Object.entries(schema.properties).map(([name, each]) => [name, arbitraryOf(each, shapes)]),
  )
  return fc.record(fields, {requiredKeys: [...(schema.required ?? [])], noNullPrototype: true})
}
