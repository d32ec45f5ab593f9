import {batchedEmbeddings, DEFAULT_RETRY, type RetryOptions} from './batched-embeddings.ts'
import {cohereEmbedding} from './cohere-embedding.ts'
import type {EmbeddingAdapter} from './embedding-adapter.ts'
import {EmbeddingNotConfiguredError} from './embedding-errors.ts'
import type {EmbeddingModel} from './embedding-model.ts'
import type {EmbeddingProvider} from './embedding-provider.ts'
import {huggingFaceEmbedding} from './huggingface-embedding.ts'
import {ollamaEmbedding} from './ollama-embedding.ts'
import {openAiEmbedding} from './openai-embedding.ts'
import {isLoopbackAddress} from '../net/loopback.ts'
import {assertResident} from '../privacy/residency.ts'
import {sentenceTransformers} from './sentence-transformers.ts'

export interface EmbeddingModelOptions {
  readonly provider: EmbeddingProvider
  /** The provider's default where it is not given. */
  readonly model?: string | undefined
  readonly apiKey?: string | undefined
  /** Where the server is, if not the provider's own; for Ollama its host. */
  readonly baseUrl?: string | undefined
  /** Shorter vectors than the model's own, where it can make them. */
  readonly dimension?: number | undefined
  /** Where Sentence Transformers look for their library and for relative paths. */
  readonly directories?: readonly string[]
  /** Where Sentence Transformers keep what they download. */
  readonly cache?: string
  readonly retry?: Partial<RetryOptions>
}

/** What is used where no model is set: small, current, and for many languages where the provider has one. */
export const DEFAULT_EMBEDDING_MODELS: Readonly<Record<EmbeddingProvider, string>> = {
  openai: 'text-embedding-3-small',
  cohere: 'embed-v4.0',
  ollama: 'nomic-embed-text',
  huggingface: 'intfloat/multilingual-e5-large',
  'sentence-transformers': 'Xenova/all-MiniLM-L6-v2',
}

/** Ollama may load a model and compute for minutes on a slow machine, and so may this one. */
const LOCAL_TIMEOUT = 600_000

/** A model of a provider. @throws EmbeddingNotConfiguredError where it needs a key and none is given. */
export function openEmbeddingModel(options: EmbeddingModelOptions): EmbeddingModel {
  const isLocal = options.provider === 'ollama' || options.provider === 'sentence-transformers'
  return batchedEmbeddings(adapterOf(options), {
    ...DEFAULT_RETRY,
    ...(isLocal ? {timeout: LOCAL_TIMEOUT} : {}),
    ...options.retry,
  })
}

function adapterOf(options: EmbeddingModelOptions): EmbeddingAdapter {
  const {provider, apiKey, baseUrl, dimension} = options
  const model = options.model ?? DEFAULT_EMBEDDING_MODELS[provider]
  switch (provider) {
    case 'openai':
      if (apiKey === undefined && baseUrl === undefined) throw missingKey('OpenAI', 'OPENAI_API_KEY')
      return openAiEmbedding({apiKey, baseUrl, model, dimension})
    case 'cohere':
      if (apiKey === undefined) throw missingKey('Cohere', 'COHERE_API_KEY')
      return cohereEmbedding({apiKey, baseUrl, model, dimension})
    case 'ollama':
      return ollamaEmbedding({host: baseUrl, model, dimension, timeout: LOCAL_TIMEOUT})
    case 'huggingface':
      if (apiKey === undefined && baseUrl === undefined) throw missingKey('HuggingFace', 'HF_TOKEN')
      refuseDimension(provider, dimension)
      return huggingFaceEmbedding({apiKey, url: baseUrl, model})
    case 'sentence-transformers':
      refuseDimension(provider, dimension)
      return sentenceTransformers({
        model,
        directories: options.directories ?? [],
        cache: options.cache ?? options.directories?.[0] ?? '.',
      })
  }
}

function missingKey(provider: string, variable: string): EmbeddingNotConfiguredError {
  return new EmbeddingNotConfiguredError(`${provider} is chosen for embeddings, but it has no key`, {
    hint: `set ${variable}, or RAG_EMBEDDING_MODEL=none`,
  })
}

function refuseDimension(provider: string, dimension: number | undefined): void {
  if (dimension === undefined) return
  throw new EmbeddingNotConfiguredError(`${provider} cannot make vectors of another length than the model's own`, {
    hint: 'unset rag.embedding_dimension',
  })
}

/** Which setting names the model of a provider, its key and its address. */
const SETTINGS: Readonly<
  Record<EmbeddingProvider, {readonly model: string; readonly key?: string; readonly baseUrl?: string}>
> = {
  openai: {model: 'rag.openai_embedding_model', key: 'llm.openai_api_key', baseUrl: 'llm.openai_base_url'},
  cohere: {model: 'rag.cohere_embedding_model', key: 'llm.cohere_api_key', baseUrl: 'llm.cohere_base_url'},
  ollama: {model: 'rag.ollama_embedding_model', baseUrl: 'llm.ollama_host'},
  huggingface: {model: 'rag.hf_embedding_model', key: 'llm.hf_token', baseUrl: 'llm.hf_embedding_url'},
  'sentence-transformers': {model: 'rag.sentence_transformer_model'},
}

export interface EmbeddingSurroundings {
  readonly directories: readonly string[]
  readonly cache: string
  readonly jitter: () => number
}

/**
 * The model that the settings choose, or undefined where `rag.embedding_model` is none.
 *
 * @param model Another model of the same provider than the settings name.
 * @throws EmbeddingNotConfiguredError like `openEmbeddingModel`; ResidencyError where data may not leave a country.
 */
export function embeddingModelFrom(
  settings: {get(name: string): unknown},
  surroundings: EmbeddingSurroundings,
  model?: string,
): EmbeddingModel | undefined {
  const read = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : (settings.get(name) as string | undefined) || undefined
  const provider = read('rag.embedding_model')
  if (provider === undefined || provider === 'none') return undefined
  const names = SETTINGS[provider as EmbeddingProvider]
  if (!embedsOnThisMachine(settings)) {
    assertResident(settings, 'embeddings', `The embedding model of ${provider}`)
  }
  const {directories, cache, jitter} = surroundings
  return openEmbeddingModel({
    provider: provider as EmbeddingProvider,
    model: model ?? read(names.model),
    apiKey: read(names.key),
    baseUrl: read(names.baseUrl),
    dimension: settings.get('rag.embedding_dimension') as number | undefined,
    directories,
    cache,
    retry: {jitter},
  })
}

/** Whether the configured model makes its vectors here, so that no text is sent anywhere. */
export function embedsOnThisMachine(settings: {get(name: string): unknown}): boolean {
  const provider = settings.get('rag.embedding_model') as EmbeddingProvider
  if (provider === 'sentence-transformers') return true
  const {baseUrl} = SETTINGS[provider]
  const address = baseUrl === undefined ? undefined : (settings.get(baseUrl) as string | undefined)
  return address === undefined || address === '' ? provider === 'ollama' : isLoopbackAddress(address)
}
