import type {SuppressedIdentity} from '@omni-ops/core/privacy'

/** Without the values: those that were erased are not to be learned from what remembers them. */
export function identitiesOut(identities: readonly SuppressedIdentity[]): {kind: string; since: string}[] {
  return identities.map(({kind, since}) => ({kind, since}))
}

/** How many of each kind. */
export function countedOut(identities: readonly SuppressedIdentity[]): {kind: string; count: number}[] {
  return [...Map.groupBy(identities, ({kind}) => kind)].map(([kind, those]) => ({kind, count: those.length}))
}
