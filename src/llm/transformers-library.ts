import {existsSync} from 'node:fs'
import {createRequire} from 'node:module'
import {basename, dirname, isAbsolute, join, resolve} from 'node:path'
import {pathToFileURL} from 'node:url'

/** The part of `@huggingface/transformers` that is used; the package itself is the user's to install. */
export interface TransformersLibrary {
  readonly env: {cacheDir: string; localModelPath: string; allowRemoteModels: boolean; allowLocalModels: boolean}
  pipeline(task: string, model: string, options: {dtype: 'fp32'}): Promise<unknown>
}

export const TRANSFORMERS = '@huggingface/transformers'
export const INSTALL_TRANSFORMERS = `ONNXRUNTIME_NODE_INSTALL=skip npm install ${TRANSFORMERS}`

/**
 * The library from the first directory that has it, or from where omni is; undefined where none has. omni does not bring it: its
 * install fetches from outside npm.
 */
export async function loadTransformers(directories: readonly string[]): Promise<TransformersLibrary | undefined> {
  for (const from of [...directories.map(directory => join(directory, 'omni.js')), import.meta.filename]) {
    const path = resolved(from)
    if (path !== undefined) return (await import(pathToFileURL(path).href)) as TransformersLibrary
  }
  return undefined
}

function resolved(from: string): string | undefined {
  try {
    return createRequire(from).resolve(TRANSFORMERS)
  } catch {
    // Not there, or the empty package that stands in for it.
    return undefined
  }
}

/** The directory of a model; undefined for a repository of the hub. A path is one that looks like one, or that exists. */
export function localModelDirectory(model: string, directories: readonly string[]): string | undefined {
  const path = resolve(directories[0] ?? '.', model)
  if (isAbsolute(model) || model.startsWith('.') || existsSync(join(path, 'config.json'))) return path
  return undefined
}

export interface PipelineOptions {
  readonly model: string
  /** Of `localModelDirectory`. */
  readonly directory: string | undefined
  /** Where models from the hub are kept. */
  readonly cache: string
}

/** A model for a task of the library: from its directory without the network, or from the hub. Throws what the library throws. */
export async function openPipeline<Pipeline>(
  library: TransformersLibrary,
  task: string,
  {model, directory, cache}: PipelineOptions,
): Promise<Pipeline> {
  library.env.cacheDir = cache
  library.env.allowRemoteModels = directory === undefined
  library.env.allowLocalModels = directory !== undefined
  if (directory !== undefined) library.env.localModelPath = dirname(directory)
  const name = directory === undefined ? model : basename(directory)
  return (await library.pipeline(task, name, {dtype: 'fp32'})) as Pipeline
}
