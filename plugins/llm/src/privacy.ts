import {
  declarePersonalData,
  type FieldDeclaration,
  type PersonalTerms,
  type PrivacyDeclaration,
} from '@omni-ops/core/privacy'

const accounting =
  'what was spent, and by whom, is kept for the accounts (GDPR, article 17(3)(b)); it holds identifiers and counts only'

const forTheAccounts = (purpose: string): PersonalTerms => ({
  purpose,
  basis: 'legitimate-interests',
  origin: 'observed',
  subject: {field: 'principal'},
  retention: {kept: accounting},
  erasure: {kept: accounting},
})

const toGoOnLater = {
  purpose: 'To go on with a conversation later',
  basis: 'contract',
  origin: 'provided',
  retention: 'until-removed',
  erasure: 'delete-row',
} as const

const nothing = (...names: string[]): Record<string, FieldDeclaration> =>
  Object.fromEntries(names.map(name => [name, 'non-personal']))

export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'llm_requests',
    fields: {
      ...nothing('tenant', 'id', 'at', 'purpose', 'key', 'target', 'deployment', 'provider', 'model', 'outcome'),
      ...nothing('error', 'attempts', 'input_tokens', 'cache_read_tokens', 'cache_write_tokens', 'output_tokens'),
      ...nothing('reasoning_tokens', 'estimated', 'cost_nano_usd', 'duration_ms', 'first_content_ms', 'overhead_ms'),
      principal: {category: 'user.unique_id', identity: 'principal'},
    },
    personal: forTheAccounts('To know what language models cost, and who used them'),
  }),
  declarePersonalData({
    store: 'sql',
    table: 'llm_open_calls',
    fields: {
      ...nothing('tenant', 'id', 'at', 'purpose', 'key', 'target', 'deployment', 'provider', 'model', 'attempts'),
      ...nothing('input_tokens', 'cost_nano_usd', 'expires_at'),
      principal: {category: 'user.unique_id', identity: 'principal'},
    },
    personal: forTheAccounts(
      'To know what language models cost, and who used them, also where a process ended in the middle of it',
    ),
  }),
  declarePersonalData({
    store: 'file',
    table: 'call journal',
    fields: {
      ...nothing('tenant', 'record'),
      principal: {category: 'user.unique_id', identity: 'principal'},
    },
    personal: forTheAccounts(
      'To write down what a call has used before it is answered; it becomes a row of llm_requests at once',
    ),
  }),
  declarePersonalData({
    store: 'sql',
    table: 'llm_attempts',
    fields: {
      ...nothing('tenant', 'request', 'number', 'deployment', 'provider', 'model', 'started_at', 'duration_ms'),
      ...nothing('outcome', 'status'),
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'llm_quantities',
    fields: nothing('tenant', 'request', 'unit', 'thousandths'),
  }),
  declarePersonalData({
    store: 'sql',
    table: 'llm_shared_cooldowns',
    fields: nothing('tenant', 'deployment', 'until', 'trips', 'reason'),
  }),
  declarePersonalData({
    store: 'sql',
    table: 'llm_shared_uses',
    fields: nothing('tenant', 'process', 'account', 'second', 'requests', 'tokens'),
  }),
  declarePersonalData({
    store: 'sql',
    table: 'llm_contents',
    fields: {
      ...nothing('tenant', 'request', 'at'),
      subject: {category: 'user.unique_id', identity: 'customer'},
      prompt: {category: 'user.content'},
      answer: {category: 'user.content'},
    },
    personal: {
      purpose: 'To see what was asked and answered, where the operator has turned that on',
      basis: 'legitimate-interests',
      origin: 'observed',
      subject: {field: 'subject'},
      retention: {days: 90, after: 'at'},
      erasure: 'delete-row',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'llm_budgets',
    fields: nothing('tenant', 'id', 'scope', 'of', 'window', 'time_zone', 'limit_nano_usd', 'hard', 'created_at'),
  }),
  declarePersonalData({
    store: 'sql',
    table: 'llm_spending',
    fields: nothing('tenant', 'account', 'period', 'spent_nano_usd', 'unpriced'),
  }),
  declarePersonalData({
    store: 'sql',
    table: 'llm_reservations',
    fields: nothing('tenant', 'id', 'account', 'period', 'amount_nano_usd', 'expires_at'),
  }),
  declarePersonalData({
    store: 'sql',
    table: 'llm_key_limits',
    fields: nothing('tenant', 'key', 'targets', 'rpm', 'tpm', 'created_at'),
  }),
  // The vector tells much of the prompt that it was made of.
  declarePersonalData({
    store: 'sql',
    table: 'llm_answers',
    fields: {
      ...nothing('tenant', 'key', 'partition', 'deployment', 'provider', 'model', 'vector_model', 'created_at'),
      ...nothing('expires_at', 'hits'),
      answer: {category: 'user.content'},
      vector: {category: 'user.content'},
    },
    personal: {
      purpose: 'Not to pay twice for the answer to the same request',
      basis: 'legitimate-interests',
      origin: 'inferred',
      // The request itself is here as a vector alone: an answer that names nobody may be to one that does.
      subject: {field: 'answer', freeText: true},
      retention: {days: 0, after: 'expires_at'},
      erasure: 'delete-all',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'llm_conversations',
    fields: {
      ...nothing('tenant', 'id', 'target', 'started_at', 'continued_at'),
      system: {category: 'user.content'},
      principal: {category: 'user.unique_id', identity: 'principal'},
    },
    personal: {...toGoOnLater, subject: {field: 'principal'}},
  }),
  declarePersonalData({
    store: 'sql',
    table: 'llm_turns',
    fields: {
      ...nothing('tenant', 'conversation', 'number', 'asked_at'),
      message: {category: 'user.content'},
      answer: {category: 'user.content'},
    },
    personal: {...toGoOnLater, subject: {field: 'conversation', table: 'llm_conversations', to: 'id'}},
  }),
]
