import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {EmbeddingAdapter} from './embedding-adapter.ts'
import {EmbeddingNotConfiguredError} from './embedding-errors.ts'
import {withTaskPrefix} from './task-prefixes.ts'
import {
  INSTALL_TRANSFORMERS,
  loadTransformers,
  localModelDirectory,
  openPipeline,
  TRANSFORMERS,
} from './transformers-library.ts'

export interface SentenceTransformersOptions {
  /** A directory with `config.json`, `tokenizer.json` and `onnx/model.onnx`, or a repository on huggingface.co. */
  readonly model: string
  /** Where the library is looked for, besides where omni itself is installed and in NODE_PATH. Relative paths begin in the first. */
  readonly directories: readonly string[]
  /** Where models from the hub are kept. */
  readonly cache: string
}

type Pooling = 'mean' | 'cls' | 'last_token'

type Extractor = (
  texts: readonly string[],
  options: {pooling: Pooling; normalize: boolean},
) => Promise<{readonly data: Float32Array; readonly dims: readonly number[]}>

/**
 * A model that runs in this process through `@huggingface/transformers` and ONNX Runtime. Nothing leaves the machine,
 * but for the download of a model from the hub at its first use. The tokenizer cuts texts at what the model reads.
 */
export function sentenceTransformers(options: SentenceTransformersOptions): EmbeddingAdapter {
  const {model} = options
  let loading: Promise<{extract: Extractor; pooling: Pooling}> | undefined
  return {
    provider: 'sentence-transformers',
    model,
    // ONNX Runtime uses all cores for one batch; padding makes long batches of mixed texts slower.
    limits: {texts: 16, bytes: 100_000, concurrency: 1},
    secrets: [],
    async request(texts, kind) {
      loading ??= load(options)
      const {extract, pooling} = await loading
      const prefixed = texts.map(text => withTaskPrefix(model, kind, text))
      const {data, dims} = await extract(prefixed, {pooling, normalize: true})
      const width = dims.at(-1) ?? 0
      const vectors = texts.map((_, at) => Float32Array.from(data.subarray(at * width, (at + 1) * width)))
      return {vectors, usage: {inputTokens: null}}
    },
    faultOf: () => undefined,
  }
}

async function load({model, directories, cache}: SentenceTransformersOptions) {
  const library = await loadTransformers(directories)
  if (library === undefined) {
    throw new EmbeddingNotConfiguredError(`Sentence Transformers need ${TRANSFORMERS}, which is not installed`, {
      hint: `${INSTALL_TRANSFORMERS}, in ${directories.join(' or ')}`,
    })
  }
  const directory = localModelDirectory(model, directories)
  try {
    const extract = await openPipeline<Extractor>(library, 'feature-extraction', {model, directory, cache})
    return {extract, pooling: poolingOf(model, directory)}
  } catch (error) {
    throw new EmbeddingNotConfiguredError(`The model ${model} cannot be loaded: ${(error as Error).message}`, {
      hint:
        directory === undefined
          ? 'check its name and the network, or point SENTENCE_TRANSFORMER_MODEL at a directory that has the model'
          : `${directory} must hold config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx`,
    })
  }
}

/**
 * How the vectors of tokens become one: as `1_Pooling/config.json` of Sentence Transformers says, else by the mean,
 * but for the models whose cards say that it is the first token (BGE, mxbai, Snowflake Arctic).
 */
function poolingOf(model: string, directory: string | undefined): Pooling {
  const file = directory === undefined ? undefined : join(directory, '1_Pooling', 'config.json')
  if (file !== undefined && existsSync(file)) {
    const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
    if (config.pooling_mode_cls_token === true) return 'cls'
    return config.pooling_mode_lasttoken === true ? 'last_token' : 'mean'
  }
  return /bge-|mxbai-embed|snowflake-arctic-embed/i.test(model) ? 'cls' : 'mean'
}
