import {declarePersonalData} from '@omni-ops/core/privacy'

/** Every column, as personal or not: so that a person's data can be found, given out and erased. */
export const declarations = [
  declarePersonalData({
    store: 'sql',
    table: 'guestbook_entries',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      guest: {category: 'user.name'},
      words: {category: 'user.content'},
      signed_at: 'non-personal',
    },
    personal: {
      purpose: 'To show who visited and what they said',
      basis: 'consent',
      origin: 'provided',
      subject: {field: 'guest', freeText: true},
      retention: 'until-removed',
      erasure: 'delete-row',
    },
  }),
]
