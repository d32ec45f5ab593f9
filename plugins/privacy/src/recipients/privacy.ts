import {declarePersonalData, type PrivacyDeclaration} from '@omni-ops/core/privacy'

export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'privacy_recipients',
    // Organisations; a contact is a mailbox of theirs.
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      name: 'non-personal',
      role: 'non-personal',
      country: 'non-personal',
      channel: 'non-personal',
      contact: 'non-personal',
      places: 'non-personal',
      created_at: 'non-personal',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'privacy_disclosures',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      recipient: 'non-personal',
      subject_kind: 'non-personal',
      subject_value: {category: 'user.unique_id'},
      place: 'non-personal',
      purpose: 'non-personal',
      disclosed_at: 'non-personal',
    },
    personal: {
      purpose: 'To know who has to be told of a correction or an erasure',
      basis: 'legal-obligation',
      origin: 'observed',
      subject: {field: 'subject_value', freeText: true},
      retention: 'until-removed',
      erasure: 'delete-row',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'privacy_notices',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      request: 'non-personal',
      recipient: 'non-personal',
      measure: 'non-personal',
      channel: 'non-personal',
      subject: {category: 'user.unique_id'},
      state: 'non-personal',
      created_at: 'non-personal',
      settled_at: 'non-personal',
      note: 'non-personal',
    },
    personal: {
      purpose: 'To tell recipients of a correction or an erasure',
      basis: 'legal-obligation',
      origin: 'observed',
      subject: {field: 'subject', freeText: true},
      retention: 'until-removed',
      erasure: {
        kept: 'a recipient has yet to be told whose data it has to erase; then this is forgotten',
        citation: 'GDPR, Article 19',
      },
    },
  }),
]
