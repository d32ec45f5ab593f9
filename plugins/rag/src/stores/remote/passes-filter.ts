import {facetsOf, type PassageFilter} from '../../index/metadata-filter.ts'
import type {Passage} from '../../index/passage.ts'

/** Whether a filter lets a passage through; for pages of rows that a service lists without asking its filter. */
export function passesFilter(passage: Passage, filter: PassageFilter): boolean {
  const {metadata = {}, documentIds, sources, excludedDocumentIds = []} = filter
  if (documentIds !== undefined && !documentIds.includes(passage.documentId)) return false
  if (sources !== undefined && !sources.includes(passage.source)) return false
  if (excludedDocumentIds.includes(passage.documentId)) return false
  const facets = new Set(facetsOf(passage.metadata))
  return Object.entries(metadata).every(([key, value]) => facetsOf({[key]: value}).some(facet => facets.has(facet)))
}
