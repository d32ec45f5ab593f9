import {createHash} from 'node:crypto'
import {type LanguageModel, type LanguageModelUsage, writeGenerationUse} from '@omni-ops/core/llm'
import {type Context, NotConfiguredError} from '@omni-ops/core/operation'
import type {Store} from '@omni-ops/core/store'
import {fencedPassages, visible} from '../answers/prompt.ts'
import type {Chunk} from '../chunking/chunk.ts'
import type {IndexedDocument} from '../index/chunk-index.ts'
import type {RagTables} from './tables.ts'

/** A model is to write where passages stand, and none is configured. */
export class SituationModelMissingError extends NotConfiguredError {
  override readonly code = 'rag_contextual_model_missing'
}

/** So many passages are shown to the model together, with the beginning of their document. */
const CHUNKS_AT_ONCE = 8
/** Characters of the document's beginning: enough for who, what and when. */
const BEGINNING = 4_000
const MOST_HEADINGS = 60
const MAX_TOKENS = 2_000
/** Longer sentences would outweigh the passage itself. */
const LONGEST_SITUATION = 400
const REQUESTS_AT_ONCE = 4
/** What nobody asked for again in so many days is forgotten. */
const KEPT_DAYS = 90
const INSTRUCTIONS_VERSION = 1
const namesPerQuery = 500

interface Batch {
  readonly document: IndexedDocument
  readonly beginning: string
  readonly chunks: readonly Chunk[]
}

/**
 * Sentences in which a language model says where passages stand in their documents, for search: "contextual retrieval"
 * (Anthropic, Introducing Contextual Retrieval, 2024), with eight passages to a request. Each answered request is
 * committed with what it used before anything else happens, so that a provider that fails costs nothing twice.
 */
export class Situations {
  readonly #store: Store
  readonly #model: LanguageModel
  readonly #context: Context

  private constructor(store: Store, model: LanguageModel, context: Context) {
    this.#store = store
    this.#model = model
    this.#context = context
  }

  /** Throws SituationModelMissingError where no language model is configured. */
  static async open(context: Context): Promise<Situations> {
    const model = await context.llm()
    if (model === undefined) {
      throw new SituationModelMissingError(
        'A language model is to write the context of passages, and none is configured',
        {
          hint: 'set RAG_LLM_BACKEND and its key, or ingest without --contextual',
        },
      )
    }
    return new Situations(await context.store(), model, context)
  }

  /**
   * Documents whose chunks say where they stand. A chunk of which the model says nothing stays as it is, and so does
   * the only chunk of a document: there is nothing around it.
   *
   * @throws What `LanguageModel.stream` throws; what was answered until then is kept.
   */
  async situate(documents: readonly IndexedDocument[]): Promise<IndexedDocument[]> {
    const batches = documents.filter(({chunks}) => chunks.length > 1).flatMap(batchesOf)
    const known = await this.#known(batches)
    const missing = batches
      .map(batch => ({...batch, chunks: batch.chunks.filter(chunk => !known.has(this.#key(batch, chunk)))}))
      .filter(({chunks}) => chunks.length > 0)
    for (let at = 0; at < missing.length; at += REQUESTS_AT_ONCE) {
      const asked = missing.slice(at, at + REQUESTS_AT_ONCE).map(batch => this.#ask(batch))
      // Those that are answered are kept, whatever becomes of the others.
      const answers = await Promise.allSettled(asked)
      for (const answer of answers) {
        if (answer.status === 'rejected') throw answer.reason
        for (const [key, situation] of answer.value) known.set(key, situation)
      }
    }
    const said = new Map(
      batches.flatMap(batch => batch.chunks.map(chunk => [chunk, known.get(this.#key(batch, chunk))] as const)),
    )
    return documents.map(document => ({
      ...document,
      chunks: document.chunks.map(chunk => {
        const situation = said.get(chunk)
        return situation === undefined ? chunk : {...chunk, situation}
      }),
    }))
  }

  /** Forgets what was said of these documents when they were different, and what is past its time. */
  async forgetOthers(documents: readonly IndexedDocument[]): Promise<void> {
    const present = new Set(
      documents.flatMap(batchesOf).flatMap(batch => batch.chunks.map(chunk => this.#key(batch, chunk))),
    )
    const now = this.#context.clock.now().toISOString()
    const outdated = (await this.#rows(documents.map(({documentId}) => documentId))).filter(
      ({key}) => !present.has(key),
    )
    await this.#store.unit(this.#context, {audit: false}, async unit => {
      const database = unit.database<RagTables>()
      for (const some of pieces(outdated)) {
        await database
          .deleteFrom('rag_situations')
          .where('document_id', 'in', [...new Set(some.map(row => row.document_id))])
          .where(
            'key',
            'in',
            some.map(row => row.key),
          )
          .execute()
      }
      await database.deleteFrom('rag_situations').where('expires_at', '<', now).execute()
    })
  }

  /** Forgets all that was said of these documents. */
  async forget(documentIds: readonly string[]): Promise<void> {
    await this.#store.unit(this.#context, {audit: false}, async unit => {
      for (const some of pieces(documentIds)) {
        await unit.database<RagTables>().deleteFrom('rag_situations').where('document_id', 'in', some).execute()
      }
    })
  }

  async #ask(batch: Batch): Promise<(readonly [key: string, situation: string])[]> {
    const {text, usage} = await this.#generate(batch)
    const said = [...text.matchAll(/^\[(\d{1,2})\][ \t]*(\S.*)$/gmu)]
    const rows = said.flatMap(([, number, sentence]) => {
      const chunk = batch.chunks[Number(number) - 2]
      const situation = visible(sentence!).trim().slice(0, LONGEST_SITUATION).toWellFormed()
      return chunk === undefined || situation === '' ? [] : [[this.#key(batch, chunk), situation] as const]
    })
    const unique = [...new Map(rows)]
    const expires = new Date(this.#context.clock.now().getTime() + KEPT_DAYS * 86_400_000).toISOString()
    const {provider} = this.#model
    const isOwnServer = provider !== 'ollama' && this.#context.settings.get(`llm.${provider}_base_url`) !== undefined
    await this.#store.unit(this.#context, {audit: false}, async unit => {
      await writeGenerationUse(unit, {model: this.#model, kind: 'context', usage, isOwnServer}, this.#context)
      if (unique.length === 0) return
      await unit
        .database<RagTables>()
        .insertInto('rag_situations')
        .values(
          unique.map(([key, situation]) => ({
            key,
            document_id: batch.document.documentId,
            situation,
            expires_at: expires,
          })),
        )
        .onConflict(conflict => conflict.columns(['document_id', 'key']).doUpdateSet({expires_at: expires}))
        .execute()
    })
    return unique
  }

  async #generate({document, beginning, chunks}: Batch): Promise<{text: string; usage: LanguageModelUsage}> {
    const {documentId, source, title, metadata} = document
    const shown = [{...chunks[0]!, text: beginning, headings: [], lineStart: 1}, ...chunks].map(chunk => ({
      ...chunk,
      id: `${documentId}:${chunk.ordinal}`,
      documentId,
      source,
      ...(title === undefined ? {} : {title}),
      language: 'und',
      metadata,
      score: 0,
      coverage: 0,
    }))
    const {passages, rule} = fencedPassages(shown, [])
    const system = [
      'You help a search engine find passages of a document.',
      '',
      rule,
      '',
      'Passage 1 is the beginning of the document and its headings. For each further passage write one sentence, in the',
      'language of the document, that tells where it stands and names what it leaves unsaid: whose, of what, of when.',
      'Do not repeat the passage. One line each: [2] sentence. Write nothing else.',
    ].join('\n')
    let text = ''
    let usage: LanguageModelUsage = {inputTokens: null, outputTokens: null}
    const request = {system, messages: [{role: 'user', content: passages.join('\n\n')}], maxTokens: MAX_TOKENS} as const
    for await (const event of this.#model.stream({...request, signal: this.#context.signal})) {
      if (event.type === 'text') text += event.text
      else usage = event.usage
    }
    return {text, usage}
  }

  async #known(batches: readonly Batch[]): Promise<Map<string, string>> {
    const ids = [...new Set(batches.map(({document}) => document.documentId))]
    return new Map((await this.#rows(ids)).map(({key, situation}) => [key, situation]))
  }

  async #rows(documentIds: readonly string[]) {
    const rows: {key: string; document_id: string; situation: string}[] = []
    for (const some of pieces(documentIds)) {
      const found = await this.#store
        .read<RagTables>(this.#context.tenant)
        .selectFrom('rag_situations')
        .select(['key', 'document_id', 'situation'])
        .where('document_id', 'in', some)
        .execute()
      rows.push(...found)
    }
    return rows
  }

  /** The same model, beginning and passage give the same key, wherever in a request the passage stands. */
  #key({document, beginning}: Batch, {text, headings}: Chunk): string {
    const {provider, model} = this.#model
    return createHash('sha256')
      .update(JSON.stringify([INSTRUCTIONS_VERSION, provider, model, document.source, beginning, headings, text]))
      .digest('hex')
  }
}

function batchesOf(document: IndexedDocument): Batch[] {
  const {chunks, title} = document
  const headings = [...new Set(chunks.map(chunk => chunk.headings.join(' › ')))].filter(each => each !== '')
  let beginning = title ?? ''
  for (const {text} of chunks) {
    if (beginning.length >= BEGINNING) break
    beginning += `\n${text.slice(0, BEGINNING - beginning.length)}`
  }
  const outline = headings.slice(0, MOST_HEADINGS).join('\n')
  const shown = `${beginning.toWellFormed()}\n\n${outline}`
  return [...pieces(chunks, CHUNKS_AT_ONCE)].map(some => ({document, beginning: shown, chunks: some}))
}

function* pieces<Item>(items: readonly Item[], size = namesPerQuery): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}
