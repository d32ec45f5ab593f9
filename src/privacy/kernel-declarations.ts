import {declarePersonalData, type PrivacyDeclaration} from './declaration.ts'

const accountability =
  'the record of who did what must stay whole to be evidence (GDPR, articles 5(2) and 17(3)); it holds identifiers only'

/** What the kernel's own tables and files hold. */
export const kernelPrivacy: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'omni_audit',
    fields: {
      tenant: 'non-personal',
      seq: 'non-personal',
      version: 'non-personal',
      at: 'non-personal',
      principal: {category: 'user.unique_id', identity: 'principal'},
      operation: 'non-personal',
      action: 'non-personal',
      resource: 'non-personal',
      details: 'non-personal',
      prev_hash: 'non-personal',
      hash: 'non-personal',
    },
    personal: {
      purpose: 'To show who changed what, and that the record was not changed afterwards',
      subject: {field: 'principal'},
      retention: {kept: accountability},
      erasure: {kept: accountability},
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'omni_audit_head',
    fields: {tenant: 'non-personal', seq: 'non-personal', hash: 'non-personal'},
  }),
  declarePersonalData({
    store: 'sql',
    table: 'omni_idempotency',
    fields: {
      tenant: 'non-personal',
      principal: {category: 'user.unique_id', identity: 'principal'},
      key: 'non-personal',
      digest: 'non-personal',
      response: {category: 'user.content'},
      created_at: 'non-personal',
      expires_at: 'non-personal',
    },
    personal: {
      purpose: 'To answer a repeated request as the first time instead of doing it twice',
      subject: {field: 'principal'},
      retention: {days: 0, after: 'expires_at'},
      erasure: 'delete-row',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'omni_outbox',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      event: 'non-personal',
      payload: 'non-personal',
      created_at: 'non-personal',
      available_at: 'non-personal',
      attempts: 'non-personal',
      claimed_by: 'non-personal',
      last_error: 'non-personal',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'omni_api_keys',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      name: 'non-personal',
      prefix: 'non-personal',
      digest: 'non-personal',
      scopes: 'non-personal',
      tenants: 'non-personal',
      groups: 'non-personal',
      created_at: 'non-personal',
      created_by: {category: 'user.unique_id', identity: 'principal'},
      expires_at: 'non-personal',
      revoked_at: 'non-personal',
      last_used_at: 'non-personal',
      replaced_by: 'non-personal',
    },
    personal: {
      purpose: 'To know who let a program in',
      subject: {field: 'created_by'},
      retention: {kept: accountability},
      erasure: {kept: accountability},
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'omni_usage',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      at: 'non-personal',
      operation: 'non-personal',
      provider: 'non-personal',
      model: 'non-personal',
      kind: 'non-personal',
      input_tokens: 'non-personal',
      cost_nano_usd: 'non-personal',
    },
  }),
  // A vector tells much of the text it was made of (Morris et al., "Text Embeddings Reveal (Almost) As Much As Text",
  // EMNLP 2023).
  declarePersonalData({
    store: 'sql',
    table: 'omni_embeddings',
    fields: {
      tenant: 'non-personal',
      key: 'non-personal',
      vector: {category: 'user.content'},
      expires_at: 'non-personal',
    },
    personal: {
      purpose: 'Not to pay twice for the vector of a text that is ingested again after a failure or a change',
      subject: {field: 'vector', freeText: true},
      retention: {days: 0, after: 'expires_at'},
      erasure: 'delete-row',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'omni_migrations',
    fields: {
      plugin: 'non-personal',
      name: 'non-personal',
      checksum: 'non-personal',
      applied_at: 'non-personal',
      version: 'non-personal',
    },
  }),
  declarePersonalData({
    store: 'file',
    table: 'audit anchor',
    fields: {tenant: 'non-personal', seq: 'non-personal', hash: 'non-personal'},
  }),
]
