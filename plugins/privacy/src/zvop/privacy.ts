import {declarePersonalData, type PrivacyDeclaration} from '@omni-ops/core/privacy'

const duty = 'the law has the processing log kept until its time is over (GDPR, article 17(3)(b))'
const citation = 'ZVOP-2, Article 22(5)'

/** What the processing log holds. */
export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'privacy_processing_log',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      at: 'non-personal',
      action: 'non-personal',
      system: 'non-personal',
      actor: {category: 'user.unique_id', identity: 'principal'},
      recipient: {category: 'user.name'},
      subject: {category: 'user.unique_id', identity: 'user'},
      purpose: 'non-personal',
      details: {category: 'user.content'},
      recorded_by: {category: 'user.unique_id', identity: 'principal'},
      kept_until: 'non-personal',
    },
    personal: {
      purpose: 'To show who did what with personal data, and to whom they were given',
      basis: 'legal-obligation',
      origin: 'observed',
      subject: {field: 'actor'},
      retention: {days: 0, after: 'kept_until'},
      erasure: {kept: duty, citation},
    },
  }),
]
