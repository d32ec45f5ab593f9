import {declarePersonalData, type PrivacyDeclaration} from '@omni-ops/core/privacy'

const evidence = 'a legal hold names whose data it keeps, for as long as it is in force'

export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'privacy_holds',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      matter: 'non-personal',
      subject_kind: 'non-personal',
      subject_value: {category: 'user.unique_id'},
      place: 'non-personal',
      placed_at: 'non-personal',
      placed_by: {category: 'user.unique_id', identity: 'principal'},
      released_at: 'non-personal',
    },
    personal: {
      purpose: 'To keep data that a legal matter needs from being erased',
      basis: 'legitimate-interests',
      origin: 'others',
      subject: {field: 'subject_value', freeText: true},
      retention: 'until-removed',
      erasure: {kept: evidence, citation: 'GDPR, Article 17(3)(e)'},
    },
  }),
]
