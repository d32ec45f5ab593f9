import {createHash} from 'node:crypto'
import {canonicalJson, type Json} from './canonical-json.ts'

/** What happened, as the code that did it says. Never holds the value of a personal field, a file's content or a query. */
export interface AuditSubject {
  /** The verb, in the domain's words: `documents.added`. */
  readonly action: string
  /** What it was done to: a kind and an identifier, `collection:handbook`. */
  readonly resource: string
  /** Identifiers, counts, names of fields that changed, hashes. At most 8 KiB as JSON. */
  readonly details?: {readonly [name: string]: Json}
  /**
   * Personal values, such as whom it was about. The entry's details hold a salted commitment to each under its name; the
   * value stands beside the log, where it can be shredded while the chain still verifies.
   */
  readonly personal?: {readonly [name: string]: string}
}

/** The version of the form in which entries are hashed. */
export const auditVersion = 1

/** `prev_hash` of the first entry of a chain. */
export const genesisHash = '0'.repeat(64)

/** One entry of a tenant's chain. */
export interface AuditEntry {
  readonly version: number
  readonly tenant: string
  /** 1, 2, 3 … without a hole. */
  readonly seq: number
  /** ISO 8601 in UTC. */
  readonly at: string
  readonly principal: string
  readonly operation: string
  readonly action: string
  readonly resource: string
  readonly details: {readonly [name: string]: Json}
  /** The hash of the entry before. */
  readonly prev_hash: string
  /** SHA-256 in lower-case hexadecimal over the canonical JSON (RFC 8785) of all other members of the entry, in UTF-8. */
  readonly hash: string
}

/** The hash that belongs into an entry. */
export function auditHash(entry: Omit<AuditEntry, 'hash'>): string {
  const {version, tenant, seq, at, principal, operation, action, resource, details, prev_hash} = entry
  const hashed = {version, tenant, seq, at, principal, operation, action, resource, details, prev_hash}
  return createHash('sha256').update(canonicalJson(hashed)).digest('hex')
}
