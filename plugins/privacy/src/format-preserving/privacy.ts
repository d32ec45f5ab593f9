import {declarePersonalData, type PrivacyDeclaration} from '@omni-ops/core/privacy'

/** Names of stores; no card number is here in any form. */
export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'privacy_card_stores',
    fields: {tenant: 'non-personal', name: 'non-personal', representation: 'non-personal', settled_at: 'non-personal'},
  }),
]
