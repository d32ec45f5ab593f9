import {declarePersonalData, type PrivacyDeclaration} from '@omni-ops/core/privacy'

const content = {category: 'user.content'} as const
const kept = {
  purpose: 'To understand a question by what was said before it, and to let its author read it again',
  basis: 'contract',
  origin: 'provided',
  retention: 'until-removed',
  erasure: 'delete-row',
} as const

export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'rag_conversations',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      principal: {category: 'user.unique_id', identity: 'principal'},
      collection: 'non-personal',
      started_at: 'non-personal',
      continued_at: 'non-personal',
    },
    personal: {...kept, subject: {field: 'principal'}},
  }),
  declarePersonalData({
    store: 'sql',
    table: 'rag_turns',
    fields: {
      tenant: 'non-personal',
      conversation: 'non-personal',
      number: 'non-personal',
      message: content,
      question: content,
      answered: 'non-personal',
      answer: content,
      sources: content,
      asked_at: 'non-personal',
    },
    personal: {...kept, subject: {field: 'conversation', table: 'rag_conversations', to: 'id'}},
  }),
]
