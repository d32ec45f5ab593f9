import {createHash} from 'node:crypto'
import type {Context} from '../operation/context.ts'
import type {Store} from '../store/store.ts'
import type {Unit} from '../store/unit.ts'
import type {EmbeddingKind, EmbeddingModel, EmbeddingRequest, Embeddings} from './embedding-model.ts'
import {embeddingCost} from './model-price.ts'
import type {ModelDatabase} from './tables.ts'

type RecordingContext = Pick<Context, 'tenant' | 'principal' | 'operation' | 'clock' | 'random' | 'signal' | 'store'>

/** A vector that nobody asked for again in so many days is forgotten. */
const KEPT_DAYS = 90
/** Bound variables are limited (SQLite: 32,766). */
const KEYS_AT_ONCE = 500

/**
 * A model that remembers documents' vectors and writes down what every request used. Each answered request is committed
 * before the next: whatever fails later, also under kill -9, no text that was paid for is sent again. Queries and what is
 * passed on are written down and not remembered.
 */
export function recordedEmbeddings(model: EmbeddingModel, context: RecordingContext): EmbeddingModel {
  return {
    ...model,
    embed: (texts, request) =>
      request.kind === 'query' || request.isPassedOn === true
        ? embedUnremembered(model, texts, request, context)
        : inTurn(model, () => embedDocuments(model, texts, request, context)),
  }
}

const lastOf = new WeakMap<EmbeddingModel, Promise<unknown>>()

/** Two at once would both send the texts that they have in common; a model's own requests run at once all the same. */
function inTurn<T>(model: EmbeddingModel, work: () => Promise<T>): Promise<T> {
  const result = (lastOf.get(model) ?? Promise.resolve()).then(work)
  lastOf.set(
    model,
    result.catch(() => undefined),
  )
  return result
}

async function embedUnremembered(
  model: EmbeddingModel,
  texts: readonly string[],
  request: EmbeddingRequest,
  context: RecordingContext,
): Promise<Embeddings> {
  const store = await context.store()
  return model.embed(texts, {
    ...request,
    async onBatch(batch) {
      const usage = await usageRow(model, request.kind, batch.usage.inputTokens, context)
      await store.unit(context, {audit: false}, unit => writeUsage(unit, usage))
      await request.onBatch?.(batch)
    },
  })
}

async function embedDocuments(
  model: EmbeddingModel,
  texts: readonly string[],
  request: EmbeddingRequest,
  context: RecordingContext,
): Promise<Embeddings> {
  const store = await context.store()
  const keys = texts.map(text => embeddingKey(model, text))
  const known = await readVectors(store, context.tenant, keys)
  // A text that comes twice is sent once.
  const firsts = new Map<string, number>()
  for (const [position, key] of keys.entries()) if (!known.has(key) && !firsts.has(key)) firsts.set(key, position)
  const positions = [...firsts.values()]
  if (positions.length === 0) return {vectors: keys.map(key => known.get(key)!), usage: {inputTokens: 0}}
  const {usage} = await model.embed(
    positions.map(position => texts[position]!),
    {
      ...request,
      async onBatch(batch) {
        const rows = batch.positions.map((at, index) => ({
          key: keys[positions[at]!]!,
          vector: batch.vectors[index]!,
        }))
        for (const {key, vector} of rows) known.set(key, vector)
        const used = await usageRow(model, request.kind, batch.usage.inputTokens, context)
        await store.unit(context, {audit: false}, async unit => {
          await writeUsage(unit, used)
          await writeVectors(unit, rows, context)
        })
        await request.onBatch?.({...batch, positions: batch.positions.map(at => positions[at]!)})
      },
    },
  )
  return {vectors: keys.map(key => known.get(key)!), usage}
}

/**
 * Forgets the vectors of texts that no document has any more, and those that are past their time. A text that is still
 * in another document is embedded anew when that one is ingested anew, which is all that is lost.
 */
export async function forgetEmbeddings(
  model: Pick<EmbeddingModel, 'provider' | 'model' | 'dimension'>,
  texts: readonly string[],
  context: RecordingContext,
): Promise<void> {
  const store = await context.store()
  const keys = texts.map(text => embeddingKey(model, text))
  await store.unit(context, {audit: false}, async unit => {
    const database = unit.database<ModelDatabase>()
    for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
      await database
        .deleteFrom('omni_embeddings')
        .where('key', 'in', keys.slice(at, at + KEYS_AT_ONCE))
        .execute()
    }
    await database.deleteFrom('omni_embeddings').where('expires_at', '<', context.clock.now().toISOString()).execute()
  })
}

/** The same model, settings and text give the same key. */
export function embeddingKey(model: Pick<EmbeddingModel, 'provider' | 'model' | 'dimension'>, text: string): string {
  const {provider, dimension} = model
  const identity = JSON.stringify([provider, model.model, dimension ?? null])
  return createHash('sha256').update(identity).update('\0').update(text).digest('hex')
}

export interface UsageTotal {
  readonly provider: string
  readonly model: string
  readonly kind: string
  readonly requests: number
  /** Of the requests whose tokens are known. */
  readonly inputTokens: number
  /** US dollars of the requests whose price is known. */
  readonly cost: number
  /** Requests without a known price. */
  readonly unpriced: number
}

/** What a tenant's requests used since a time, by model. */
export async function usageTotals(store: Store, tenant: string, since?: Date): Promise<UsageTotal[]> {
  let query = store
    .read<ModelDatabase>(tenant)
    .selectFrom('omni_usage')
    .select(({fn}) => [
      'provider',
      'model',
      'kind',
      fn.countAll<number | bigint>().as('requests'),
      fn.count<number | bigint>('cost_nano_usd').as('priced'),
      fn.sum<number | bigint | string | null>('input_tokens').as('tokens'),
      fn.sum<number | bigint | string | null>('cost_nano_usd').as('cost'),
    ])
  if (since) query = query.where('at', '>=', since.toISOString())
  const rows = await query
    .groupBy(['provider', 'model', 'kind'])
    .orderBy('provider')
    .orderBy('model')
    .orderBy('kind')
    .execute()
  return rows.map(row => ({
    provider: row.provider,
    model: row.model,
    kind: row.kind,
    requests: Number(row.requests),
    inputTokens: Number(row.tokens ?? 0),
    cost: Number(row.cost ?? 0) / 1e9,
    unpriced: Number(row.requests) - Number(row.priced),
  }))
}

async function readVectors(store: Store, tenant: string, keys: readonly string[]): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>()
  for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
    const rows = await store
      .read<ModelDatabase>(tenant)
      .selectFrom('omni_embeddings')
      .select(['key', 'vector'])
      .where('key', 'in', keys.slice(at, at + KEYS_AT_ONCE))
      .execute()
    for (const {key, vector} of rows) found.set(key, vectorOf(vector))
  }
  return found
}

async function usageRow(
  model: EmbeddingModel,
  kind: EmbeddingKind,
  inputTokens: number | null,
  {clock, random, operation}: RecordingContext,
) {
  const at = clock.now()
  return {
    id: random.id(),
    at: at.toISOString(),
    operation,
    provider: model.provider,
    model: model.model,
    kind: `embedding.${kind}`,
    input_tokens: inputTokens,
    cost_nano_usd: await embeddingCost(model, inputTokens, at),
  }
}

async function writeUsage(unit: Unit, row: Awaited<ReturnType<typeof usageRow>>): Promise<void> {
  await unit.database<ModelDatabase>().insertInto('omni_usage').values(row).execute()
}

async function writeVectors(
  unit: Unit,
  rows: readonly {readonly key: string; readonly vector: Float32Array}[],
  {clock}: RecordingContext,
): Promise<void> {
  const expires = new Date(clock.now().getTime() + KEPT_DAYS * 86_400_000).toISOString()
  const values = rows.map(({key, vector}) => ({key, vector: bytesOf(vector), expires_at: expires}))
  await unit
    .database<ModelDatabase>()
    .insertInto('omni_embeddings')
    .values(values)
    .onConflict(conflict => conflict.columns(['key']).doUpdateSet({expires_at: expires}))
    .execute()
}

function bytesOf(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4)
  return bytes
}

function vectorOf(bytes: Buffer): Float32Array {
  return Float32Array.from({length: bytes.length / 4}, (_, at) => bytes.readFloatLE(at * 4))
}
