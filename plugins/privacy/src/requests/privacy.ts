import {declarePersonalData, type PersonalTerms, type PrivacyDeclaration} from '@omni-ops/core/privacy'

const accountability =
  'the record of a request is the proof that it was answered (GDPR, articles 5(2) and 12); what it says of the person goes when it is closed'

const terms = {
  purpose: 'To answer what a person asks under data protection law, and to show that it was answered',
  basis: 'legal-obligation',
  origin: 'provided',
  retention: 'until-removed',
  erasure: {kept: accountability, citation: 'GDPR, Article 17(3)(b)'},
} as const satisfies Omit<PersonalTerms, 'subject'>

const ofRequest = {field: 'request', table: 'privacy_request_identities', to: 'request'} as const
const content = {category: 'user.content'} as const

/** Who is open is named; who is closed is a hash. */
export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'privacy_requests',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      regime: 'non-personal',
      right: 'non-personal',
      state: 'non-personal',
      outcome: 'non-personal',
      verified: 'non-personal',
      verification_needed: 'non-personal',
      unreachable: 'non-personal',
      found: 'non-personal',
      kept: 'non-personal',
      to_review: 'non-personal',
      received_at: 'non-personal',
      confirm_by: 'non-personal',
      due_by: 'non-personal',
      due_until: 'non-personal',
      extended_due_by: 'non-personal',
      extend_by: 'non-personal',
      deadline_rule: 'non-personal',
      deadline_verified: 'non-personal',
      confirmed_at: 'non-personal',
      extended_at: 'non-personal',
      extension_reason: 'non-personal',
      country: 'non-personal',
      language: 'non-personal',
      opened_by: {category: 'user.unique_id', identity: 'principal'},
      verification: {category: 'user.unique_id'},
      instructions: content,
      refusal: 'non-personal',
      subject_hash: {category: 'user.unique_id.pseudonymous'},
      closed_at: 'non-personal',
      receipt: 'non-personal',
    },
    personal: {...terms, subject: {field: 'id', table: 'privacy_request_identities', to: 'request'}},
  }),
  declarePersonalData({
    store: 'sql',
    table: 'privacy_request_identities',
    fields: {
      tenant: 'non-personal',
      request: 'non-personal',
      kind: 'non-personal',
      value: {category: 'user.unique_id'},
      via: 'non-personal',
      shared: 'non-personal',
    },
    personal: {...terms, subject: {field: 'value', freeText: true}},
  }),
  declarePersonalData({
    store: 'sql',
    table: 'privacy_request_steps',
    fields: {
      tenant: 'non-personal',
      request: 'non-personal',
      seq: 'non-personal',
      at: 'non-personal',
      state: 'non-personal',
      step: 'non-personal',
      by: {category: 'user.unique_id', identity: 'principal'},
      details: 'non-personal',
    },
    personal: {...terms, subject: ofRequest},
  }),
  declarePersonalData({
    store: 'sql',
    table: 'privacy_request_items',
    fields: {
      tenant: 'non-personal',
      request: 'non-personal',
      seq: 'non-personal',
      place: 'non-personal',
      record_key: {category: 'user.unique_id'},
      label: content,
      match: 'non-personal',
      decision: 'non-personal',
      reason: 'non-personal',
      citation: 'non-personal',
      redacted: 'non-personal',
      record: content,
    },
    personal: {...terms, subject: ofRequest},
  }),
  declarePersonalData({
    store: 'sql',
    table: 'privacy_request_places',
    fields: {
      tenant: 'non-personal',
      request: 'non-personal',
      place: 'non-personal',
      state: 'non-personal',
      found: 'non-personal',
      changed: 'non-personal',
      kept: 'non-personal',
      verified: 'non-personal',
      message: 'non-personal',
    },
  }),
]
