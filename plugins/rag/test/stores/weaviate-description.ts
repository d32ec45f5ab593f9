import * as z from 'zod'

/**
 * What Weaviate's own description says of the requests and answers that the adapter uses: the definitions Class,
 * Property, Object, WhereFilter, BatchDelete, BatchDeleteResponse, ObjectsGetResponse and GraphQLQuery of
 * openapi-specs/schema.json (https://github.com/weaviate/weaviate). Strict: a field that is not in the description is an
 * error of the adapter, or of the server that the tests run.
 */
const className = z.string().regex(/^[A-Z][_0-9A-Za-z]{0,254}$/)
const tenantName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)
const vector = z.array(z.number()).min(1)

const property = z.strictObject({
  name: z.string().regex(/^[_A-Za-z][_0-9A-Za-z]{0,230}$/),
  dataType: z.tuple([z.enum(['text', 'text[]', 'int'])]),
  tokenization: z.enum(['word', 'lowercase', 'whitespace', 'field']).optional(),
  indexSearchable: z.boolean().optional(),
  indexFilterable: z.boolean().optional(),
})

export const where = z.strictObject({
  operator: z.enum(['And', 'Or', 'Equal', 'NotEqual', 'GreaterThanEqual', 'LessThan', 'ContainsAny']),
  path: z.array(z.string()).min(1).optional(),
  valueText: z.string().optional(),
  valueTextArray: z.array(z.string()).optional(),
  valueInt: z.int().optional(),
  get operands() {
    return z.array(where).min(1).optional()
  },
})

export const object = z.strictObject({
  id: z.uuid(),
  class: className,
  tenant: tenantName,
  properties: z.record(z.string(), z.union([z.string(), z.int(), z.array(z.string())])),
  vector: vector.optional(),
})

export const requests = {
  class: z.strictObject({
    class: className,
    description: z.string(),
    vectorizer: z.literal('none'),
    vectorIndexType: z.enum(['hnsw', 'flat', 'dynamic']),
    vectorIndexConfig: z.strictObject({distance: z.enum(['cosine', 'dot', 'l2-squared'])}),
    invertedIndexConfig: z.strictObject({
      bm25: z.strictObject({k1: z.number(), b: z.number()}),
      stopwords: z.strictObject({preset: z.enum(['en', 'none'])}),
    }),
    multiTenancyConfig: z.strictObject({enabled: z.boolean()}),
    properties: z.array(property),
  }),
  tenants: z.array(z.strictObject({name: tenantName})).min(1),
  tenantNames: z.array(tenantName).min(1),
  batch: z.strictObject({objects: z.array(object).min(1)}),
  delete: z.strictObject({
    match: z.strictObject({class: className, where}),
    output: z.enum(['minimal', 'verbose']),
  }),
  graphql: z.strictObject({query: z.string()}),
}

export const answers = {
  batch: z.array(
    object.extend({
      result: z.strictObject({
        status: z.enum(['SUCCESS', 'FAILED']),
        errors: z.strictObject({error: z.array(z.strictObject({message: z.string()}))}).optional(),
      }),
    }),
  ),
  delete: z.strictObject({
    match: z.strictObject({class: className, where}),
    output: z.string(),
    dryRun: z.boolean(),
    results: z.strictObject({matches: z.int(), limit: z.int(), successful: z.int(), failed: z.int()}),
  }),
  objects: z.strictObject({objects: z.array(object), totalResults: z.int()}),
}

export type ClassDefinition = z.infer<typeof requests.class>
export type StoredObject = z.infer<typeof object>
export type Where = z.infer<typeof where>
