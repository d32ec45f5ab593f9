import {declarePersonalData, type PrivacyDeclaration} from '@omni-ops/core/privacy'

export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'privacy_limits',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      request: 'non-personal',
      kind: 'non-personal',
      purpose: 'non-personal',
      subject_kind: 'non-personal',
      subject_value: {category: 'user.unique_id'},
      since: 'non-personal',
      lifted_at: 'non-personal',
    },
    personal: {
      purpose: 'To keep to restrictions, objections and opt-outs',
      basis: 'legal-obligation',
      origin: 'provided',
      subject: {field: 'subject_value', freeText: true},
      retention: 'until-removed',
      // Who was erased stays on the list of those who must not be imported again, as a keyed hash.
      erasure: 'delete-row',
    },
  }),
]
