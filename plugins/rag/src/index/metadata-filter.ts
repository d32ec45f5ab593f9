import {InvalidInputError} from '@omni-ops/core/operation'
import type {Passage} from './passage.ts'
import type {MetadataValue} from '../documents/document.ts'

/** What a passage must be, besides relevant. Everything given must hold. */
export interface PassageFilter {
  /** For each key, one of these values; for a document with several values under the key, any of them. */
  readonly metadata?: Readonly<Record<string, MetadataValue>>
  readonly documentIds?: readonly string[]
  readonly sources?: readonly string[]
  /** For example of documents whose ingest has not ended. */
  readonly excludedDocumentIds?: readonly string[]
}

/** What a search looks at: what the store filters by, and what has to be asked of each passage. */
export interface SearchFilter extends PassageFilter {
  /** Whether a passage may be shown, such as one that mentions a person who restricted this. All of them by default. */
  readonly admits?: (passage: Passage) => boolean
}

/** Separates key and value in a facet; it cannot occur in either. */
const SEPARATOR = '\u001f'

/** A metadata key or value that the index cannot hold or look for. */
export class InvalidMetadataError extends InvalidInputError {
  override readonly code = 'rag_invalid_metadata'
}

/**
 * Metadata as the index stores it for filtering: one `key␟value` string for each value. Numbers and booleans are
 * written as JavaScript writes them, so that 3, 3.0 and "3" are the same facet.
 * @throws InvalidMetadataError for control characters that would blur key and value.
 */
export function facetsOf(metadata: Readonly<Record<string, MetadataValue>>): string[] {
  return Object.entries(metadata).flatMap(([key, value]) => valuesOf(value).map(each => facet(key, each)))
}

function valuesOf(value: MetadataValue): readonly string[] {
  return Array.isArray(value) ? value : [String(value)]
}

function facet(key: string, value: string): string {
  for (const part of [key, value]) {
    if (!part.includes(SEPARATOR) && !part.includes('\0')) continue
    throw new InvalidMetadataError(`The metadata ${JSON.stringify(key)} contains a control character`, {
      hint: 'Remove the characters U+0000 and U+001F from metadata keys and values.',
    })
  }
  return `${key}${SEPARATOR}${value}`.toWellFormed()
}
