import {declarePersonalData, type PrivacyDeclaration} from '@omni-ops/core/privacy'

/** Whoever built a dashboard may have filtered it by a person, and its data may lie below a directory with a name. */
export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'dashboard_definitions',
    fields: {tenant: 'non-personal', path: 'non-personal', definition: {category: 'user.content'}},
    personal: {
      purpose: 'To read a dashboard again when its data change',
      basis: 'legitimate-interests',
      origin: 'provided',
      subject: {field: 'definition', freeText: true},
      retention: 'until-removed',
      erasure: 'delete-row',
    },
  }),
]
