import {createRequire} from 'node:module'
import {existsSync, readFileSync} from 'node:fs'
import {basename, dirname, isAbsolute, join, resolve} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {EmbeddingAdapter} from './embedding-adapter.ts'
import {EmbeddingNotConfiguredError} from './embedding-errors.ts'
import {withTaskPrefix} from './task-prefixes.ts'

export interface SentenceTransformersOptions {
  /** A directory with `config.json`, `tokenizer.json` and `onnx/model.onnx`, or a repository on huggingface.co. */
  readonly model: string
  /** Where the library is looked for, besides where omni itself is installed and in NODE_PATH. Relative paths begin in the first. */
  readonly directories: readonly string[]
  /** Where models from the hub are kept. */
  readonly cache: string
}

/** The part of `@huggingface/transformers` that is used; the package itself is the user's to install. */
interface Transformers {
  readonly env: {cacheDir: string; localModelPath: string; allowRemoteModels: boolean; allowLocalModels: boolean}
  pipeline(task: 'feature-extraction', model: string, options: {dtype: 'fp32'}): Promise<Extractor>
}

type Pooling = 'mean' | 'cls' | 'last_token'

type Extractor = (
  texts: readonly string[],
  options: {pooling: Pooling; normalize: boolean},
) => Promise<{readonly data: Float32Array; readonly dims: readonly number[]}>

const PACKAGE = '@huggingface/transformers'
const INSTALL = `ONNXRUNTIME_NODE_INSTALL=skip npm install ${PACKAGE}`

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
  const library = await loadLibrary(directories)
  const directory = localDirectory(model, directories)
  library.env.cacheDir = cache
  library.env.allowRemoteModels = directory === undefined
  library.env.allowLocalModels = directory !== undefined
  if (directory !== undefined) library.env.localModelPath = dirname(directory)
  try {
    const name = directory === undefined ? model : basename(directory)
    const extract = await library.pipeline('feature-extraction', name, {dtype: 'fp32'})
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

/** A path is one that looks like one, or that exists. */
function localDirectory(model: string, directories: readonly string[]): string | undefined {
  const path = resolve(directories[0] ?? '.', model)
  if (isAbsolute(model) || model.startsWith('.') || existsSync(join(path, 'config.json'))) return path
  return undefined
}

/** The library from the first place that has it. omni does not bring it: its install fetches from outside npm. */
async function loadLibrary(directories: readonly string[]): Promise<Transformers> {
  for (const from of [...directories.map(directory => join(directory, 'omni.js')), import.meta.filename]) {
    const path = resolved(from)
    if (path === undefined) continue
    return (await import(pathToFileURL(path).href)) as Transformers
  }
  throw new EmbeddingNotConfiguredError(`Sentence Transformers need ${PACKAGE}, which is not installed`, {
    hint: `${INSTALL}, in ${directories.join(' or ')}`,
  })
}

function resolved(from: string): string | undefined {
  try {
    return createRequire(from).resolve(PACKAGE)
  } catch {
    // Not there, or the empty package that stands in for it.
    return undefined
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
