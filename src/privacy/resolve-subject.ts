import type {IdentityKind} from './declaration.ts'
import {IdentifierSearch, normalisedIdentity} from './identifier-search.ts'
import type {GivenIdentity, Identity, ReviewItem, Subject} from './personal-store.ts'
import type {LinkedRow, SqlPlaces} from './sql-place.ts'

/** What programs tell people apart by. Two values of one of these beside the same address are two people, or may be. */
const distinguishing: ReadonlySet<IdentityKind> = new Set(['principal', 'user', 'customer', 'contact'])
const mostIdentities = 200

/**
 * Follows declared links from the identities that are known to those that stand beside them, until there are no more. An
 * identity that stands beside two of the same distinguishing kind, such as the e-mail address of a household, is not
 * followed: who of them it stands for is for a person to say.
 */
export async function resolveSubject(given: readonly GivenIdentity[], places: SqlPlaces): Promise<Subject> {
  const known = new Map<string, Identity>()
  for (const each of given) known.set(keyOf(each), {...each, via: 'given'})
  const review: ReviewItem[] = []
  let frontier = [...known.values()]
  while (frontier.length > 0) {
    const rows = await linkedRows(frontier, places)
    const next: Identity[] = []
    for (const identity of frontier) {
      const own = rows.filter(({matchedBy}) => matchedBy.includes(identity))
      const candidates = candidatesOf(identity, own)
      if (candidates.length > 0) {
        known.set(keyOf(identity), {...identity, shared: true})
        review.push({
          reason: 'shared-identity',
          identity: {kind: identity.kind, value: identity.value},
          candidates,
          message: `${candidates.length} people have this ${identity.kind}; what is found by it alone needs a decision`,
        })
        continue
      }
      for (const {table, values} of own) {
        for (const {field, kind, value} of values) {
          if (known.has(keyOf({kind, value}))) continue
          const linked: Identity = {kind, value, via: {table, field}}
          known.set(keyOf(linked), linked)
          next.push(linked)
        }
      }
    }
    if (known.size > mostIdentities) {
      review.push(tooMany(given, known))
      break
    }
    frontier = next
  }
  return {identities: [...known.values()], review}
}

async function linkedRows(identities: readonly Identity[], places: SqlPlaces): Promise<LinkedRow[]> {
  const rows: LinkedRow[] = []
  for await (const row of places.linked(new IdentifierSearch({identities}))) rows.push(row)
  return rows
}

/** The people that an identity may stand for, where they are several. */
function candidatesOf(identity: Identity, rows: readonly LinkedRow[]): GivenIdentity[] {
  const byKind = new Map<IdentityKind, Map<string, GivenIdentity>>()
  for (const {values} of rows) {
    for (const {kind, value} of values) {
      if (!distinguishing.has(kind) || kind === identity.kind) continue
      const values = byKind.get(kind) ?? new Map<string, GivenIdentity>()
      byKind.set(kind, values.set(value, {kind, value}))
    }
  }
  return [...byKind.values()].filter(({size}) => size > 1).flatMap(values => [...values.values()])
}

function tooMany([first]: readonly GivenIdentity[], known: ReadonlyMap<string, Identity>): ReviewItem {
  return {
    reason: 'too-many-identities',
    identity: first ?? {kind: 'email', value: ''},
    candidates: [],
    message: `more than ${mostIdentities} identities are linked (${known.size}): the links may be wrong, and were followed no further`,
  }
}

/** The same for all forms of a value. */
export function keyOf(identity: GivenIdentity): string {
  return `${identity.kind}\0${normalisedIdentity(identity)}`
}
