import {facetsOf, type PassageFilter} from '../../index/metadata-filter.ts'
import {opaqueName} from '../remote/opaque-name.ts'
import type {WhereFilter} from './weaviate-service.ts'

/** The filter as Weaviate has it; 'nothing' where no passage can pass, undefined where every one does. */
export function whereFilter(filter: PassageFilter): WhereFilter | 'nothing' | undefined {
  const {metadata = {}, documentIds, sources, excludedDocumentIds = []} = filter
  const conditions: WhereFilter[] = []
  const among = [
    ...Object.entries(metadata).map(([key, value]) => ['facets', facetsOf({[key]: value})] as const),
    ...(documentIds === undefined ? [] : [['document', documentIds] as const]),
    ...(sources === undefined ? [] : [['source', sources] as const]),
  ]
  for (const [property, texts] of among) {
    if (texts.length === 0) return 'nothing'
    conditions.push(isAnyOf(property, texts))
  }
  conditions.push(
    ...excludedDocumentIds.map(id => ({path: ['document'], operator: 'NotEqual' as const, valueText: opaqueName(id)})),
  )
  return allOf(conditions)
}

export function isAnyOf(property: string, texts: readonly string[]): WhereFilter {
  return {path: [property], operator: 'ContainsAny', valueTextArray: texts.map(opaqueName)}
}

export function allOf(conditions: readonly WhereFilter[]): WhereFilter | undefined {
  return conditions.length > 1 ? {operator: 'And', operands: conditions} : conditions[0]
}

/** The filter as a GraphQL argument (https://docs.weaviate.io/weaviate/api/graphql/filters). */
export function whereText({operator, operands, path, valueText, valueTextArray, valueInt}: WhereFilter): string {
  const parts = [`operator: ${operator}`]
  if (operands !== undefined) parts.push(`operands: [${operands.map(whereText).join(', ')}]`)
  if (path !== undefined) parts.push(`path: ${graphqlText(path)}`)
  if (valueText !== undefined) parts.push(`valueText: ${graphqlText(valueText)}`)
  if (valueTextArray !== undefined) parts.push(`valueText: ${graphqlText(valueTextArray)}`)
  if (valueInt !== undefined) parts.push(`valueInt: ${valueInt}`)
  return `{${parts.join(', ')}}`
}

/** A text or texts as GraphQL writes them: JSON's escapes are GraphQL's (https://spec.graphql.org/October2021/#sec-String-Value). */
export function graphqlText(value: string | readonly string[]): string {
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f')
}
