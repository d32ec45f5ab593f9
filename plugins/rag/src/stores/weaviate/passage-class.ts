import {createHash} from 'node:crypto'
import {facetsOf} from '../../index/metadata-filter.ts'
import {passageId} from '../../index/passage.ts'
import type {PassageRow} from '../passage-store.ts'
import {opaqueName} from '../remote/opaque-name.ts'
import {rowOfText, rowText, type StoredRow} from '../remote/row-text.ts'
import type {WeaviateObject} from './weaviate-service.ts'

const PREFIX = 'OmniPassages_'

/** The class of a collection; each tenant's objects are in a shard of their own. Class names have no hyphens. */
export function className(collection: string): string {
  return PREFIX + collection.replaceAll('-', 'H')
}

/** Undefined for a class that is none of ours. */
export function collectionOf(name: string): string | undefined {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length).replaceAll('H', '-') : undefined
}

/** Names of tenants are up to 64 letters, digits, `-` and `_` (https://docs.weaviate.io/weaviate/manage-collections/multi-tenancy). */
export function tenantName(tenant: string): string {
  return `t${opaqueName(tenant)}`
}

/**
 * A class with the same BM25 as every store: terms are cut at white space and nothing else, no stop words, k₁ = 1.2,
 * b = 0.75 (`InvertedIndexConfig`, `Property` in openapi-specs/schema.json).
 */
export function classDefinition(collection: string) {
  const searched = (name: string) => ({
    name,
    dataType: ['text'],
    tokenization: 'whitespace',
    indexSearchable: true,
    indexFilterable: name === 'terms',
  })
  const filtered = (name: string, dataType = 'text') => ({
    name,
    dataType: [dataType],
    tokenization: 'field',
    indexSearchable: false,
    indexFilterable: true,
  })
  const counted = (name: string) => ({name, dataType: ['int'], indexFilterable: true})
  return {
    class: className(collection),
    description: 'Passages of omni. Ids, sources and metadata are hashed to be filtered by.',
    vectorizer: 'none',
    vectorIndexType: 'hnsw',
    vectorIndexConfig: {distance: 'cosine'},
    invertedIndexConfig: {bm25: {k1: 1.2, b: 0.75}, stopwords: {preset: 'none'}},
    multiTenancyConfig: {enabled: true},
    properties: [
      searched('terms'),
      searched('grams'),
      filtered('document'),
      filtered('source'),
      filtered('language'),
      filtered('facets', 'text[]'),
      counted('ordinal'),
      counted('termCount'),
      counted('vectorLength'),
      {name: 'row', dataType: ['text'], tokenization: 'field', indexSearchable: false, indexFilterable: false},
    ],
  }
}

/** The same passage has the same id on every machine: a name-based UUID of its own kind (RFC 9562, version 8). */
export function objectId(documentId: string, ordinal: number): string {
  const hex = createHash('sha256').update(passageId({documentId, ordinal}).toWellFormed(), 'utf8').digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

/** @throws InvalidMetadataError */
export function objectOf(collection: string, tenant: string, row: PassageRow): WeaviateObject {
  const {documentId, ordinal, source, language, metadata} = row.passage
  const {terms, grams, termCount} = row.terms
  return {
    id: objectId(documentId, ordinal),
    class: className(collection),
    tenant: tenantName(tenant),
    properties: {
      terms: searchText(terms),
      grams: searchText(grams),
      document: opaqueName(documentId),
      source: opaqueName(source),
      language,
      facets: facetsOf(metadata).map(opaqueName),
      ordinal,
      termCount,
      vectorLength: row.vector?.length ?? 0,
      row: rowText(row),
    },
    ...(row.vector === undefined ? {} : {vector: [...row.vector]}),
  }
}

export function storedRowOf(properties: Readonly<Record<string, unknown>>): StoredRow {
  return rowOfText(String(properties.row))
}

/** Terms as Weaviate cuts them: white space other than the space between two is part of a term, and is written otherwise. */
export function searchText(terms: string): string {
  return terms
    .toWellFormed()
    .replaceAll(/[^\S ]|[\p{Cc}%]/gu, character => `%${character.codePointAt(0)!.toString(16)}`)
}
