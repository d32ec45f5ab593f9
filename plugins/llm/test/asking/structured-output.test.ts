import {expect, test} from 'vitest'
import {schemaReader, SchemaMismatchError} from '../../src/asking/structured-output.ts'

const atLeast = (minimum: number) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {number: {type: 'integer', minimum}},
  required: ['number'],
})

test('each answer is held to the schema of its own question, however many came between', async () => {
  const first = await schemaReader(atLeast(5))
  for (let round = 0; round < 2; round++) {
    for (let minimum = 0; minimum < 60; minimum++) {
      const read = await schemaReader(atLeast(minimum))
      expect(read(`{"number": ${minimum}}`)).toEqual({number: minimum})
      expect(() => read(`{"number": ${minimum - 1}}`)).toThrow(SchemaMismatchError)
    }
  }
  expect(() => first('{"number": 4}')).toThrow('/number must be >= 5')
  expect(() => first('{"number": 5')).toThrow('The answer is not JSON')
})

test('what is no schema, or a huge one, is refused each time', async () => {
  for (const schema of [{type: 'nothing'}, {type: 'object', description: 'x'.repeat(200_000)}]) {
    for (let round = 0; round < 2; round++) await expect(schemaReader(schema)).rejects.toMatchObject({exitCode: 2})
  }
})
