import {
  dateHierarchy,
  type Hierarchy,
  hierarchyFromRows,
  intervalHierarchy,
  redactionHierarchy,
  suppressionHierarchy,
} from './hierarchy.ts'

/** Where an attribute's hierarchy comes from: rows as in ARX's files, or made from the values themselves. */
export type HierarchySource =
  | {readonly kind: 'rows'; readonly rows: readonly (readonly string[])[]}
  | {readonly kind: 'interval'; readonly width: number; readonly levels?: number}
  | {readonly kind: 'redaction'}
  | {readonly kind: 'date'}
  | {readonly kind: 'suppression'}

/** The hierarchy of an attribute with these values. Throws HierarchyError. */
export function hierarchyFor(attribute: string, values: readonly string[], source: HierarchySource): Hierarchy {
  switch (source.kind) {
    case 'rows':
      return hierarchyFromRows(attribute, source.rows)
    case 'interval':
      return intervalHierarchy(attribute, values, source)
    case 'redaction':
      return redactionHierarchy(attribute, values)
    case 'date':
      return dateHierarchy(attribute, values)
    case 'suppression':
      return suppressionHierarchy(attribute, values)
  }
}
