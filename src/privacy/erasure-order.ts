import type {PrivacyDeclaration} from './declaration.ts'

/**
 * The personal tables of a store in the order in which they are erased: those that refer to others before these, and
 * those that link identities last, so that an erasure which is killed anywhere finds the rest again when it is repeated.
 */
export function erasureOrder(declarations: readonly PrivacyDeclaration[]): PrivacyDeclaration[] {
  const personal = declarations.filter(each => each.personal !== undefined)
  const byPlace = new Map(personal.map(each => [placeOf(each), each]))
  const parentOf = ({store, personal: terms}: PrivacyDeclaration): PrivacyDeclaration | undefined =>
    terms && 'table' in terms.subject ? byPlace.get(placeOf({store, table: terms.subject.table})) : undefined

  const depths = new Map<PrivacyDeclaration, number>()
  const last = new Set<PrivacyDeclaration>()
  for (const declaration of personal) {
    const path = [declaration]
    for (let at = parentOf(declaration); at !== undefined && !path.includes(at); at = parentOf(at)) path.push(at)
    depths.set(declaration, path.length)
    // What such a table refers to has to wait for it.
    if ((declaration.personal?.links ?? []).length > 1) for (const each of path) last.add(each)
  }
  const rank = (each: PrivacyDeclaration) => (last.has(each) ? 1 : 0)
  return personal.toSorted((a, b) => rank(a) - rank(b) || depths.get(b)! - depths.get(a)!)
}

/** Why persons cannot be found in some of these tables although these say so. Empty is right. */
export function unreachableTables(declarations: readonly PrivacyDeclaration[]): string[] {
  const byPlace = new Map(declarations.map(each => [placeOf(each), each]))
  return declarations.flatMap(declaration => {
    const reason = whyUnreachable(declaration, byPlace, [])
    return reason === undefined ? [] : [`${placeOf(declaration)}: ${reason}`]
  })
}

function whyUnreachable(
  {store, table, fields, personal}: PrivacyDeclaration,
  byPlace: ReadonlyMap<string, PrivacyDeclaration>,
  path: readonly string[],
): string | undefined {
  if (personal === undefined || 'untraceable' in personal.subject) return undefined
  const {subject} = personal
  const field = fields[subject.field]
  if ('freeText' in subject) return field === 'non-personal' ? 'its words are said to be about nobody' : undefined
  if (!('table' in subject)) {
    const identifies = field !== undefined && field !== 'non-personal' && field.identity !== undefined
    return identifies ? undefined : `${subject.field} identifies nobody`
  }
  if (path.includes(table)) return `it refers to itself by way of ${path.join(', ')}`
  const parent = byPlace.get(placeOf({store, table: subject.table}))
  if (parent?.personal === undefined) return `it refers to ${subject.table}, where nobody is found`
  if (!Object.hasOwn(parent.fields, subject.to)) return `${subject.table} has no field ${subject.to}`
  return whyUnreachable(parent, byPlace, [...path, table])
}

function placeOf({store, table}: Pick<PrivacyDeclaration, 'store' | 'table'>): string {
  return `${store} ${table}`
}
