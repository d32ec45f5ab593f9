import {column, type Migration, type TablesOf} from '@omni-ops/core/store'
import type {SignedReceipt} from '../receipt/receipt.ts'
import type {Decision, Instructions, Refusal, Verification} from './request.ts'
import type {Outcome, State} from './progress.ts'
import type {Regime, Right} from './right.ts'

const tables = {
  privacy_requests: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      regime: column.text(),
      right: column.text(),
      state: column.text(),
      outcome: column.text({nullable: true}),
      verified: column.boolean(),
      verification_needed: column.boolean(),
      unreachable: column.integer(),
      found: column.integer({nullable: true}),
      kept: column.integer(),
      to_review: column.integer(),
      received_at: column.timestamp(),
      /** Dates by which the law wants something, each the last day on which it may happen. */
      confirm_by: column.text({nullable: true}),
      due_by: column.text(),
      /** The first instant at which it is late. */
      due_until: column.timestamp(),
      extended_due_by: column.text({nullable: true}),
      extend_by: column.text({nullable: true}),
      /** The rule that the dates come from, and whether its text was read. */
      deadline_rule: column.text(),
      deadline_verified: column.boolean(),
      confirmed_at: column.timestamp({nullable: true}),
      extended_at: column.timestamp({nullable: true}),
      extension_reason: column.text({nullable: true}),
      country: column.text(),
      language: column.text(),
      opened_by: column.text(),
      verification: column.nullableJson<Verification>(),
      instructions: column.json<Instructions>(),
      refusal: column.nullableJson<Refusal>(),
      /** HMAC of what the person was described by: the same person is recognised after the description is gone. */
      subject_hash: column.text(),
      closed_at: column.timestamp({nullable: true}),
      receipt: column.nullableJson<SignedReceipt>(),
    },
    primaryKey: ['id'],
    indexes: [['state', 'due_until'], ['subject_hash']],
  },
  /** What the person is known by, as long as the request is open. */
  privacy_request_identities: {
    scope: 'tenant',
    columns: {
      request: column.text(),
      kind: column.text(),
      value: column.text(),
      /** `given`, or the place and field that led to it. */
      via: column.text(),
      shared: column.boolean(),
    },
    primaryKey: ['request', 'kind', 'value'],
    references: [{columns: ['request'], table: 'privacy_requests', to: ['id'], onDelete: 'cascade'}],
    indexes: [['value']],
  },
  privacy_request_steps: {
    scope: 'tenant',
    columns: {
      request: column.text(),
      seq: column.integer(),
      at: column.timestamp(),
      state: column.text(),
      step: column.text(),
      by: column.text(),
      details: column.json(),
    },
    primaryKey: ['request', 'seq'],
    references: [{columns: ['request'], table: 'privacy_requests', to: ['id'], onDelete: 'cascade'}],
  },
  privacy_request_items: {
    scope: 'tenant',
    columns: {
      request: column.text(),
      seq: column.integer(),
      place: column.text(),
      record_key: column.text(),
      /** What a person recognises the record by. */
      label: column.text({nullable: true}),
      match: column.text(),
      decision: column.text(),
      reason: column.text({nullable: true}),
      citation: column.text({nullable: true}),
      /** How many pieces of others' data were taken out. */
      redacted: column.integer(),
      /** What is given out, as long as the request is open. */
      record: column.nullableJson(),
    },
    primaryKey: ['request', 'seq'],
    references: [{columns: ['request'], table: 'privacy_requests', to: ['id'], onDelete: 'cascade'}],
    indexes: [['request', 'place']],
  },
  /** What became of each place. */
  privacy_request_places: {
    scope: 'tenant',
    columns: {
      request: column.text(),
      place: column.text(),
      state: column.text(),
      found: column.integer(),
      changed: column.integer(),
      kept: column.integer(),
      verified: column.boolean(),
      message: column.text({nullable: true}),
    },
    primaryKey: ['request', 'place'],
    references: [{columns: ['request'], table: 'privacy_requests', to: ['id'], onDelete: 'cascade'}],
  },
} as const

type Raw = TablesOf<typeof tables>

/** The rows with the words that their columns hold. */
export type RequestTables = Omit<Raw, 'privacy_requests' | 'privacy_request_items'> & {
  privacy_requests: Omit<Raw['privacy_requests'], 'regime' | 'right' | 'state' | 'outcome'> & {
    regime: Regime
    right: Right
    state: State
    outcome: Outcome | null
  }
  privacy_request_items: Omit<Raw['privacy_request_items'], 'decision' | 'match'> & {
    decision: Decision
    match: 'identity' | 'free-text'
  }
}

export const migrations: readonly Migration[] = [{plugin: 'privacy', name: '0004_requests', tables}]
