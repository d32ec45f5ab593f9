import type {DataStore, PrivacyDeclaration} from './declaration.ts'

/** A table as it really is. */
export interface RealTable {
  readonly store: DataStore
  readonly table: string
  readonly fields: readonly string[]
}

export interface PrivacyDifference {
  readonly kind:
    /** Real, and no declaration speaks of it. */
    | 'undeclared-table'
    | 'undeclared-field'
    /** Declared, and not there. */
    | 'missing-table'
    | 'missing-field'
    /** Two declarations speak of the same table. */
    | 'declared-twice'
  readonly store: DataStore
  readonly table: string
  readonly field?: string
}

/**
 * Compares what is declared with what is there, by name, in the kinds of store that `real` has tables of. An empty
 * answer means that law 5 holds: every field is declared, and every declaration is of a field.
 */
export function comparePrivacy(
  declarations: readonly PrivacyDeclaration[],
  real: readonly RealTable[],
): PrivacyDifference[] {
  const looked = new Set(real.map(({store}) => store))
  const declared = new Map<string, PrivacyDeclaration>()
  const differences: PrivacyDifference[] = []
  for (const declaration of declarations.filter(({store}) => looked.has(store))) {
    const {store, table} = declaration
    if (declared.has(placeOf(declaration))) differences.push({kind: 'declared-twice', store, table})
    declared.set(placeOf(declaration), declaration)
  }
  const found = new Set(real.map(placeOf))
  for (const table of real) {
    const declaration = declared.get(placeOf(table))
    if (declaration === undefined) differences.push({kind: 'undeclared-table', store: table.store, table: table.table})
    else differences.push(...compareFields(declaration, table))
  }
  for (const [place, {store, table}] of declared) {
    if (!found.has(place)) differences.push({kind: 'missing-table', store, table})
  }
  return differences
}

function compareFields(declaration: PrivacyDeclaration, real: RealTable): PrivacyDifference[] {
  const {store, table} = real
  const declared = Object.keys(declaration.fields)
  return [
    ...real.fields
      .filter(field => !Object.hasOwn(declaration.fields, field))
      .map(field => ({kind: 'undeclared-field', store, table, field}) as const),
    ...declared
      .filter(field => !real.fields.includes(field))
      .map(field => ({kind: 'missing-field', store, table, field}) as const),
  ]
}

function placeOf({store, table}: {store: DataStore; table: string}): string {
  return `${store} ${table}`
}
