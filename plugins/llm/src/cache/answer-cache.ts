import type {Context} from '@omni-ops/core/operation'
import type {Store} from '@omni-ops/core/store'
import type {CacheSettings} from '../configuration/schema.ts'
import type {CompletionEvent} from '../model/completion-event.ts'
import type {CompletionMessage, CompletionRequest} from '../model/completion-request.ts'
import type {Deployment} from '../routing/deployment.ts'
import type {CacheUse} from '../routing/routed-call.ts'
import {answerKey, answerPartition} from './answer-key.ts'
import type {CacheTables} from './tables.ts'

export interface CachedAnswer {
  readonly deployment: string
  readonly provider: string
  readonly model: string
  readonly events: readonly CompletionEvent[]
}

export interface CacheStatistics {
  readonly entries: number
  readonly expired: number
  readonly hits: number
  readonly oldest: string | null
}

type CacheContext = Pick<
  Context,
  'tenant' | 'principal' | 'operation' | 'clock' | 'random' | 'signal' | 'embeddings' | 'log'
>

/** So many answers of one partition are compared by meaning. */
const mostCompared = 2_000

/**
 * Answers that are given again, each to its own tenant, model and parameters alone. Only what was answered to the end is
 * kept. An answer that another run would word otherwise, or that calls tools, is kept only where that is asked for.
 */
export class AnswerCache {
  readonly #store: Store
  readonly #settings: CacheSettings

  constructor(store: Store, settings: CacheSettings) {
    this.#store = store
    this.#settings = settings
  }

  /** What is done for a request: a caller's own wish stands above the configuration. */
  useFor(request: CompletionRequest, asked: CacheUse | undefined): CacheUse {
    if (asked !== undefined) return asked
    const {exact, semantic, with_tools, with_temperature} = this.#settings
    if (!exact && !semantic) return 'off'
    if ((request.tools?.length ?? 0) > 0 && !with_tools) return 'off'
    // A model that is told no temperature words each answer anew.
    return request.temperature === 0 || with_temperature ? 'use' : 'off'
  }

  /** The answer of the first of these deployments that gave one to this request; undefined where none did. */
  async find(
    context: CacheContext,
    deployments: readonly Deployment[],
    request: CompletionRequest,
  ): Promise<CachedAnswer | undefined> {
    const keys = deployments.map(deployment => answerKey(deployment, request))
    if (keys.length === 0) return undefined
    const now = context.clock.now().toISOString()
    const rows = await this.#store
      .read<CacheTables>(context.tenant)
      .selectFrom('llm_answers')
      .selectAll()
      .where('key', 'in', keys)
      .where('expires_at', '>', now)
      .execute()
    const row =
      keys.map(key => rows.find(each => each.key === key)).find(each => each !== undefined) ??
      (await this.#findByMeaning(context, deployments, request, now))
    if (row === undefined) return undefined
    await this.#countHit(context, row.key)
    const {deployment, provider, model, answer} = row
    return {deployment, provider, model, events: JSON.parse(answer) as CompletionEvent[]}
  }

  /** Keeps an answer, unless it was cut off or refused. */
  async keep(
    context: CacheContext,
    deployment: Deployment,
    request: CompletionRequest,
    events: readonly CompletionEvent[],
  ): Promise<void> {
    const finish = events.at(-1)
    if (finish?.type !== 'finish') return
    if (finish.reason.unified !== 'stop' && finish.reason.unified !== 'tool-calls') return
    const now = context.clock.now()
    const meaning = await this.#meaningOf(context, request)
    const row = {
      key: answerKey(deployment, request),
      partition: answerPartition(deployment, request),
      deployment: deployment.id,
      provider: deployment.provider,
      model: deployment.model,
      answer: JSON.stringify(events.map(withoutRaw)),
      vector: meaning?.vector ?? null,
      vector_model: meaning?.model ?? null,
      created_at: now.toISOString(),
      expires_at: new Date(now.getTime() + this.#settings.ttl * 1000).toISOString(),
      hits: 0,
    }
    await this.#store.unit({...context, signal: new AbortController().signal}, {audit: false}, async unit => {
      const database = unit.database<CacheTables>()
      await database.deleteFrom('llm_answers').where('expires_at', '<=', now.toISOString()).execute()
      await database
        .insertInto('llm_answers')
        .values(row)
        .onConflict(conflict => conflict.columns(['key']).doUpdateSet(row))
        .execute()
      const oldest = await database
        .selectFrom('llm_answers')
        .select('key')
        .orderBy('created_at', 'desc')
        .orderBy('key')
        .offset(this.#settings.max_entries)
        .limit(100)
        .execute()
      if (oldest.length === 0) return
      await database
        .deleteFrom('llm_answers')
        .where(
          'key',
          'in',
          oldest.map(({key}) => key),
        )
        .execute()
    })
  }

  async statistics(context: Pick<Context, 'tenant' | 'clock'>): Promise<CacheStatistics> {
    const rows = await this.#store
      .read<CacheTables>(context.tenant)
      .selectFrom('llm_answers')
      .select(['hits', 'expires_at', 'created_at'])
      .orderBy('created_at')
      .execute()
    const now = context.clock.now().toISOString()
    return {
      entries: rows.length,
      expired: rows.filter(({expires_at}) => expires_at <= now).length,
      hits: rows.reduce((sum, {hits}) => sum + hits, 0),
      oldest: rows[0]?.created_at ?? null,
    }
  }

  /** Forgets every answer of the tenant, or those of one model; gives how many. */
  async purge(context: Context, model: string | undefined): Promise<number> {
    return this.#store.unit(
      context,
      {
        audit: (purged: number) => ({
          action: 'llm.cache.purged',
          resource: 'llm-cache',
          details: {entries: purged, ...(model === undefined ? {} : {model})},
        }),
      },
      async unit => {
        const all = unit.database<CacheTables>().deleteFrom('llm_answers')
        const {numDeletedRows} = await (model === undefined ? all : all.where('model', '=', model)).executeTakeFirst()
        return Number(numDeletedRows)
      },
    )
  }

  async #countHit(context: CacheContext, key: string): Promise<void> {
    await this.#store.unit(context, {audit: false}, async unit => {
      const database = unit.database<CacheTables>()
      await database
        .updateTable('llm_answers')
        .set(eb => ({hits: eb('hits', '+', 1)}))
        .where('key', '=', key)
        .execute()
    })
  }

  async #findByMeaning(
    context: CacheContext,
    deployments: readonly Deployment[],
    request: CompletionRequest,
    now: string,
  ) {
    const {semantic} = this.#settings
    const meaning = semantic && (await this.#meaningOf(context, request))
    if (!semantic || !meaning) return undefined
    const rows = await this.#store
      .read<CacheTables>(context.tenant)
      .selectFrom('llm_answers')
      .selectAll()
      .where(
        'partition',
        'in',
        deployments.map(deployment => answerPartition(deployment, request)),
      )
      .where('vector_model', '=', meaning.model)
      .where('expires_at', '>', now)
      .orderBy('created_at', 'desc')
      .limit(mostCompared)
      .execute()
    const near = rows
      .map(row => ({row, cosine: cosine(floatsOf(meaning.vector), floatsOf(row.vector!))}))
      .filter(each => each.cosine >= semantic.threshold)
      .toSorted((left, right) => right.cosine - left.cosine)
    return near[0]?.row
  }

  /** The vector of the last message, where meanings are compared and it is text alone. */
  async #meaningOf(context: CacheContext, request: CompletionRequest) {
    const text = this.#settings.semantic && lastText(request)
    if (!text) return undefined
    const model = await context.embeddings()
    if (model === undefined) {
      context.log.warn('Answers cannot be found by meaning: no embedding model is configured', {
        setting: 'rag.embedding_model',
      })
      return undefined
    }
    const {vectors} = await model.embed([text], {kind: 'query', signal: context.signal})
    return {model: `${model.provider}/${model.model}`, vector: Buffer.from(vectors[0]!.slice().buffer)}
  }
}

function lastText({messages}: CompletionRequest): string | undefined {
  const last: CompletionMessage | undefined = messages.at(-1)
  if (last?.role !== 'user' || last.content.some(({type}) => type !== 'text')) return undefined
  return last.content.map(part => (part.type === 'text' ? part.text : '')).join('\n')
}

/** What a provider sent beside the events is of use to its own call alone. */
function withoutRaw(event: CompletionEvent): CompletionEvent {
  return event.type === 'finish' || event.type === 'usage' ? {...event, usage: {...event.usage, raw: null}} : event
}

function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer)
}

/** Of vectors of unit length. */
function cosine(left: Float32Array, right: Float32Array): number {
  if (left.length !== right.length) return -1
  return left.reduce((sum, value, at) => sum + value * right[at]!, 0)
}
