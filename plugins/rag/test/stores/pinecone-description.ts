import * as z from 'zod'

/**
 * What Pinecone's own description says of the requests and answers that the adapter uses: db_data_2025-10.oas.yaml and
 * db_control_2025-10.oas.yaml of https://github.com/pinecone-io/pinecone-api. Strict: a field that is not in the
 * description is an error of the adapter, or of the server that the tests run.
 */
const id = z.string().min(1).max(512)
const values = z.array(z.number()).min(1).max(20_000)
const sparseValues = z
  .strictObject({
    indices: z
      .array(
        z
          .int()
          .min(0)
          .max(2 ** 32 - 1),
      )
      .min(1)
      .max(1_000),
    values: z.array(z.number()).min(1).max(1_000),
  })
  .refine(({indices, values: weights}) => indices.length === weights.length && new Set(indices).size === indices.length)
const metadata = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
  // Not in the description: https://docs.pinecone.io/reference/api/database-limits/operation-limits
  .refine(
    fields => Buffer.byteLength(JSON.stringify(fields)) <= 40_960,
    'metadata size exceeds the limit of 40960 bytes per vector',
  )
const vector = z.strictObject({
  id,
  values: values.optional(),
  sparseValues: sparseValues.optional(),
  metadata: metadata.optional(),
})
const usage = z.strictObject({readUnits: z.int()}).optional()
const pagination = z.strictObject({next: z.string()}).optional()
const filter = z.record(z.string(), z.unknown())

export const requests = {
  upsert: z.strictObject({namespace: z.string().max(512), vectors: z.array(vector).min(1).max(1_000)}),
  query: z.strictObject({
    namespace: z.string(),
    topK: z.int().min(1).max(10_000),
    filter: filter.optional(),
    includeValues: z.boolean().optional(),
    includeMetadata: z.boolean().optional(),
    vector: values.optional(),
    sparseVector: sparseValues.optional(),
  }),
  delete: z.strictObject({namespace: z.string(), ids: z.array(id).min(1).max(1_000)}),
  fetchByMetadata: z.strictObject({
    namespace: z.string(),
    filter,
    limit: z.int().min(1).optional(),
    paginationToken: z.string().optional(),
  }),
  createNamespace: z.strictObject({
    name: z.string().max(512),
    schema: z.strictObject({fields: z.record(z.string(), z.strictObject({filterable: z.literal(true)}))}),
  }),
}

export const answers = {
  index: z.strictObject({
    name: z.string(),
    host: z.string(),
    metric: z.enum(['cosine', 'dotproduct', 'euclidean']),
    dimension: z.int().optional(),
    vector_type: z.enum(['dense', 'sparse']),
    deletion_protection: z.enum(['enabled', 'disabled']),
    spec: z.strictObject({serverless: z.strictObject({cloud: z.string(), region: z.string()})}),
    status: z.strictObject({ready: z.boolean(), state: z.string()}),
  }),
  upsert: z.strictObject({upsertedCount: z.int()}),
  query: z.strictObject({
    namespace: z.string(),
    matches: z.array(z.strictObject({id, score: z.number()})),
    usage,
  }),
  delete: z.strictObject({}),
  fetch: z.strictObject({namespace: z.string(), vectors: z.record(z.string(), vector), usage, pagination}),
  list: z.strictObject({namespace: z.string(), vectors: z.array(z.strictObject({id})), pagination, usage}),
  namespace: z.strictObject({name: z.string(), record_count: z.int()}),
  namespaces: z.strictObject({
    namespaces: z.array(z.strictObject({name: z.string(), record_count: z.int()})),
    pagination,
    total_count: z.int().optional(),
  }),
}

export type StoredVector = z.infer<typeof vector>
export type MetadataFilter = z.infer<typeof filter>
