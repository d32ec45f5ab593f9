import {hasScope, type Principal} from '@omni-ops/core/operation'
import type {MetadataValue} from '../documents/document.ts'

/**
 * Under this key of a passage's metadata stands who may see it. It is written here and nowhere else: what a caller
 * gives under the same key, in metadata or in a filter, is overwritten.
 */
const ACCESS_KEY = 'omni.access'
/** Of documents without an access list. */
export const PUBLIC = 'public'

/** What an access list names this principal by; undefined for the owner of the machine, who sees everything. */
export function accessEntriesOf({id, kind, groups = []}: Principal): readonly string[] | undefined {
  if (kind === 'local' || kind === 'system') return undefined
  return [`user:${id}`, ...groups.map(group => `group:${group}`)]
}

/** Whether a principal is told who else may see what it sees: whoever may write documents says so anyway. */
export function mayKnowAccess(principal: Principal): boolean {
  return hasScope(principal, 'rag:write')
}

/** The metadata of passages of a document with this access list. */
export function withAccess(
  metadata: Readonly<Record<string, MetadataValue>>,
  entries: readonly string[],
): Record<string, MetadataValue> {
  return {...metadata, [ACCESS_KEY]: entries.length === 0 ? [PUBLIC] : entries}
}

/** Metadata as its author gave it. */
export function withoutAccess(
  metadata: Readonly<Record<string, MetadataValue>>,
): Readonly<Record<string, MetadataValue>> {
  const {[ACCESS_KEY]: _, ...own} = metadata
  return own
}

/** A filter for metadata that lets through what this principal may see, and of that what is asked for. */
export function visibleTo(
  principal: Principal,
  asked: Readonly<Record<string, MetadataValue>> = {},
): Readonly<Record<string, MetadataValue>> {
  const entries = accessEntriesOf(principal)
  const own = withoutAccess(asked)
  return entries === undefined ? own : {...own, [ACCESS_KEY]: [PUBLIC, ...entries]}
}
