import type {Registry} from '../../operation/registry.ts'
import {openApiDocument, type OpenApiDocument, type OpenApiOptions} from './document.ts'
import {asVersion30} from './version-3-0.ts'

export interface ProgramDocumentOptions extends Omit<OpenApiOptions, 'topics' | 'streams'> {
  readonly format: '3.1' | '3.0'
}

/** The document of every plugin of a program. */
export async function programDocument(
  registry: Registry,
  {format, ...options}: ProgramDocumentOptions,
): Promise<OpenApiDocument> {
  const document = openApiDocument(await registry.operations(), {
    ...options,
    topics: registry.topics(),
    streams: await registry.streams(),
  })
  return format === '3.0' ? asVersion30(document) : document
}
