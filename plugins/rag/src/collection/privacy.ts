import {declarePersonalData, type PrivacyDeclaration} from '@omni-ops/core/privacy'

const content = {category: 'user.content'} as const

const kept = {
  purpose: 'To find passages of the documents that the user ingested, and to answer from them with citations',
  basis: 'legitimate-interests',
  origin: 'others',
  retention: 'until-removed',
  erasure: 'delete-row',
} as const

/** What the catalogue and the index hold. Documents may say anything of anybody: everything taken from them is personal. */
export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'rag_collections',
    fields: {
      tenant: 'non-personal',
      name: 'non-personal',
      calibration: 'non-personal',
      updated_at: 'non-personal',
      revision: 'non-personal',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'rag_indexes',
    fields: {
      tenant: 'non-personal',
      collection: 'non-personal',
      index_name: 'non-personal',
      embedding: 'non-personal',
      weights: 'non-personal',
      shadow: 'non-personal',
      obsolete_index: 'non-personal',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'rag_vector_databases',
    fields: {
      tenant: 'non-personal',
      collection: 'non-personal',
      vector_db: 'non-personal',
      copy: 'non-personal',
      previous: 'non-personal',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'rag_shadow_documents',
    fields: {tenant: 'non-personal', collection: 'non-personal', document: 'non-personal', attempt: 'non-personal'},
  }),
  declarePersonalData({
    store: 'sql',
    table: 'rag_documents',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      collection: 'non-personal',
      source: content,
      title: content,
      media_type: 'non-personal',
      language: 'non-personal',
      bytes: 'non-personal',
      content_hash: 'non-personal',
      fingerprint: 'non-personal',
      chunks: 'non-personal',
      state: 'non-personal',
      attempt: 'non-personal',
      metadata: content,
      ingested_at: 'non-personal',
    },
    personal: {...kept, subject: {field: 'source', freeText: true}},
  }),
  declarePersonalData({
    store: 'sql',
    table: 'rag_document_access',
    fields: {tenant: 'non-personal', document_id: 'non-personal', entry: {category: 'user.unique_id'}},
    personal: {
      purpose: 'To show documents only to those who may see them',
      basis: 'legitimate-interests',
      origin: 'others',
      retention: 'until-removed',
      erasure: 'delete-row',
      subject: {field: 'entry', freeText: true},
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'rag_document_retention',
    fields: {tenant: 'non-personal', document_id: 'non-personal', retain_until: 'non-personal'},
  }),
  declarePersonalData({
    store: 'sql',
    table: 'rag_document_holds',
    fields: {
      tenant: 'non-personal',
      document_id: 'non-personal',
      reason: content,
      held_by: {category: 'user.unique_id'},
      held_at: 'non-personal',
    },
    personal: {
      purpose: 'To keep documents that a legal matter needs, and to tell who said so',
      basis: 'legitimate-interests',
      origin: 'observed',
      retention: 'until-removed',
      erasure: 'delete-row',
      subject: {field: 'held_by', freeText: true},
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'rag_situations',
    fields: {
      tenant: 'non-personal',
      key: 'non-personal',
      document_id: 'non-personal',
      situation: content,
      expires_at: 'non-personal',
    },
    personal: {...kept, subject: {field: 'situation', freeText: true}},
  }),
  declarePersonalData({
    store: 'sql',
    table: 'rag_document_simhashes',
    fields: {
      tenant: 'non-personal',
      document_id: 'non-personal',
      simhash: 'non-personal',
      band_1: 'non-personal',
      band_2: 'non-personal',
      band_3: 'non-personal',
      band_4: 'non-personal',
    },
  }),
  declarePersonalData({
    store: 'vectors',
    table: 'rag_passages',
    fields: {
      id: 'non-personal',
      document_id: 'non-personal',
      ordinal: 'non-personal',
      source: content,
      language: 'non-personal',
      text: content,
      details: content,
      facets: content,
      terms: content,
      grams: content,
      term_count: 'non-personal',
      context_term_count: 'non-personal',
      // Much of a text can be told from it (Morris et al. 2023); in collections with an embedding model.
      vector: content,
    },
    personal: {...kept, subject: {field: 'text', freeText: true}},
  }),
]
