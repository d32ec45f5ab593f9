import type {Operation} from '../operation/operation.ts'

/**
 * An operation's name where no dot and no hyphen may stand: `rag.search` is `rag_search`, `privacy.k-anonymize` is
 * `privacy_k_anonymize`. The same in OpenAPI, GraphQL and MCP.
 */
export function nameOf(operation: Operation): string {
  return operation.id.replaceAll(/[.-]/g, '_')
}

/** The stem of the names of an operation's types: `RagSearch`. */
export function typeNameOf(operation: Operation): string {
  return pascalCase(operation.id)
}

/** `filter_metadata` and `filter-metadata` are `FilterMetadata`. */
export function pascalCase(words: string): string {
  return words
    .split(/[^A-Za-z0-9]+/)
    .map(word => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}

/** The first word of an operation's id: its topic on the command line, its tag in the API document. */
export function topicOf(operation: Operation): string {
  return operation.id.split('.')[0] ?? operation.id
}
