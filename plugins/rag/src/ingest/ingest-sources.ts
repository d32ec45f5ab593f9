import type {Context} from '@omni-ops/core/operation'
import type {MetadataValue} from '../documents/document.ts'
import {FileSourceReader} from './file-source-reader.ts'
import {type IngestSummary, runIngest} from './ingest-run.ts'

export interface IngestSourcesOptions {
  /** Files, directories, globs, URLs, or `-`. */
  readonly inputs: readonly string[]
  readonly collection: string
  readonly metadata: Readonly<Record<string, MetadataValue>>
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly prune: boolean
  readonly dryRun: boolean
  readonly watch: boolean
}

/** Ingests once, and with `watch` again whenever something changed, until the context's signal aborts. */
export async function* ingestSources(options: IngestSourcesOptions, context: Context): AsyncGenerator<IngestSummary> {
  const {inputs, collection, metadata, include, exclude, prune, dryRun} = options
  const reader = new FileSourceReader({
    inputs,
    include,
    exclude,
    workingDirectory: context.workingDirectory,
    maxBytes: Number(context.settings.get('rag.max_file_mb')) * 1_000_000,
    allowPrivateUrls: context.settings.get('rag.allow_private_urls') === true,
    signal: context.signal,
  })
  const run = {collection, metadata, prune, dryRun}
  yield await runIngest(reader, run, context)
  if (!options.watch) return
  const {changesOf} = await import('./changes.ts')
  for await (const only of changesOf(inputs, context)) {
    const summary = await runIngest(reader, {...run, only}, context)
    const changed = summary.added + summary.changed + summary.removed + summary.failures
    if (changed > 0) yield summary
  }
}
