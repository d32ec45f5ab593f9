import {declarePersonalData, type PrivacyDeclaration} from '@omni-ops/core/privacy'

/** Names of budgets, and questions without answers: nothing about a person. */
export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'privacy_budgets',
    fields: {
      tenant: 'non-personal',
      name: 'non-personal',
      epsilon: 'non-personal',
      delta: 'non-personal',
      created_at: 'non-personal',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'privacy_releases',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      budget: 'non-personal',
      question: 'non-personal',
      pure_epsilon: 'non-personal',
      rho: 'non-personal',
      failure_delta: 'non-personal',
      debited_at: 'non-personal',
    },
  }),
]
