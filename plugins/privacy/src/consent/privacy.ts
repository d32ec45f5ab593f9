import {declarePersonalData, type PrivacyDeclaration} from '@omni-ops/core/privacy'

/** What the consent ledger holds. */
export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'privacy_consent_wordings',
    fields: {
      tenant: 'non-personal',
      purpose: 'non-personal',
      language: 'non-personal',
      version: 'non-personal',
      hash: 'non-personal',
      text: 'non-personal',
      added_at: 'non-personal',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'privacy_consents',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      action: {category: 'user.consent'},
      purpose: 'non-personal',
      email: {category: 'user.contact.email', identity: 'email'},
      phone: {category: 'user.contact.phone_number', identity: 'phone'},
      user_id: {category: 'user.unique_id', identity: 'user'},
      at: 'non-personal',
      recorded_at: 'non-personal',
      channel: 'non-personal',
      language: 'non-personal',
      wording_hash: 'non-personal',
      country: 'non-personal',
      age_check: {category: 'user.demographic.age_range'},
      guardian: {category: 'user.name'},
      evidence: {category: 'user.consent'},
      recorded_by: {category: 'user.unique_id', identity: 'principal'},
    },
    personal: {
      purpose: 'To show that a person consented, to what words, and when they withdrew it (GDPR, article 7(1))',
      basis: 'legal-obligation',
      origin: 'provided',
      subject: {field: 'email'},
      links: ['email', 'phone', 'user_id'],
      retention: 'until-removed',
      erasure: 'delete-row',
    },
  }),
]
