import {facetsOf, type PassageFilter} from '../../index/metadata-filter.ts'

/** The values that a statement is sent with, in the order of their placeholders. */
export class Parameters {
  readonly values: unknown[] = []

  /** @returns the placeholder. */
  add(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}

/** The filter as a condition on a collection's passages; every name and value goes as a parameter. */
export function filterSql(filter: PassageFilter, parameters: Parameters): string {
  const conditions = Object.entries(filter.metadata ?? {}).map(
    ([key, value]) => `facets && ${parameters.add(facetsOf({[key]: value}))}::text[]`,
  )
  const {documentIds, sources, excludedDocumentIds} = filter
  if (documentIds !== undefined) conditions.push(`document_id = ANY(${parameters.add(documentIds)}::text[])`)
  if (sources !== undefined) conditions.push(`source = ANY(${parameters.add(sources)}::text[])`)
  if (excludedDocumentIds?.length) conditions.push(`document_id <> ALL(${parameters.add(excludedDocumentIds)}::text[])`)
  return conditions.length === 0 ? 'true' : conditions.join(' AND ')
}
