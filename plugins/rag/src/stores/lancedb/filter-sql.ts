import {facetsOf, type PassageFilter} from '../../index/metadata-filter.ts'
import {sqlIn, sqlString} from './sql.ts'

/** The filter as SQL for LanceDB, every name and value quoted; undefined where nothing is asked. */
export function filterSql(filter: PassageFilter): string | undefined {
  const conditions = Object.entries(filter.metadata ?? {}).map(([key, value]) => {
    const facets = facetsOf({[key]: value}).map(sqlString)
    if (facets.length === 0) return 'false'
    return facets.length === 1 ? `array_has(facets, ${facets[0]})` : `array_has_any(facets, [${facets.join(', ')}])`
  })
  if (filter.documentIds !== undefined) conditions.push(sqlIn('document_id', filter.documentIds))
  if (filter.sources !== undefined) conditions.push(sqlIn('source', filter.sources))
  if (filter.excludedDocumentIds?.length) conditions.push(`NOT (${sqlIn('document_id', filter.excludedDocumentIds)})`)
  return conditions.length === 0 ? undefined : conditions.join(' AND ')
}
