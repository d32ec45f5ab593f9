import type {LegalBasis, PrivacyDeclaration, Retention} from '@omni-ops/core/privacy'

/** A processing activity as the program's own declarations describe it; what they do not say is left for its keeper. */
export interface DraftActivity {
  readonly id: string
  readonly name: string
  readonly purposes: readonly string[]
  readonly legal_basis: readonly string[]
  readonly data_subjects: readonly string[]
  readonly data_categories: readonly string[]
  readonly recipients: readonly string[]
  readonly retention: readonly string[]
  readonly special_categories: boolean
}

const bases: Readonly<Record<LegalBasis, string>> = {
  consent: 'Article 6(1)(a), consent',
  contract: 'Article 6(1)(b), contract',
  'legal-obligation': 'Article 6(1)(c), legal obligation',
  'vital-interests': 'Article 6(1)(d), vital interests',
  'public-task': 'Article 6(1)(e), public task',
  'legitimate-interests': 'Article 6(1)(f), legitimate interests',
}

/** One activity for each purpose that tables of personal data are declared with, in the order of their ids. */
export function draftActivities(declarations: readonly PrivacyDeclaration[]): DraftActivity[] {
  const personal = declarations.filter(({personal: terms}) => terms !== undefined)
  const byPurpose = Map.groupBy(personal, ({personal: terms}) => terms?.purpose ?? '')
  const drafts = [...byPurpose].map(([purpose, places]) => draftOf(purpose, places))
  return drafts.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

function draftOf(purpose: string, places: readonly PrivacyDeclaration[]): DraftActivity {
  const terms = places.flatMap(({personal}) => personal ?? [])
  const fields = places.flatMap(place =>
    Object.values(place.fields).flatMap(field => (field === 'non-personal' ? [] : [field])),
  )
  return {
    id: idOf(places),
    name: purpose,
    purposes: [purpose],
    legal_basis: distinct(terms.map(({basis}) => bases[basis])),
    data_subjects: distinct(places.flatMap(subjectsOf)),
    data_categories: distinct(fields.map(({category}) => category)),
    recipients: distinct(terms.flatMap(({recipients = []}) => recipients)),
    retention: distinct(places.map(place => `${place.table}: ${retentionOf(place.personal?.retention)}`)),
    special_categories: fields.some(({special}) => special === true),
  }
}

/** The name of the first place, in which no two activities agree, since a place has one purpose. */
function idOf(places: readonly PrivacyDeclaration[]): string {
  const names = places.map(({store, table}) => `${store === 'sql' ? '' : `${store}-`}${table}`)
  return (names.toSorted()[0] ?? '').toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-')
}

function subjectsOf({fields, personal}: PrivacyDeclaration): string[] {
  const kinds = Object.values(fields).flatMap(field => (field === 'non-personal' ? [] : (field.identity ?? [])))
  const identified = kinds.map(kind => {
    if (kind === 'principal') return 'Users of the program'
    return kind === 'customer' ? 'Customers' : 'Persons who are known by their contact or account'
  })
  const isMentioned = personal !== undefined && 'freeText' in personal.subject
  return [...identified, ...(isMentioned || identified.length === 0 ? ['Persons mentioned in content'] : [])]
}

function retentionOf(retention: Retention | undefined): string {
  if (retention === undefined || retention === 'until-removed') return 'until it is removed'
  if ('kept' in retention) return `for good: ${retention.kept}`
  return retention.days === 0 ? `until ${retention.after}` : `${retention.days} days after ${retention.after}`
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted()
}
