import {declarePersonalData, type PrivacyDeclaration} from '@omni-ops/core/privacy'

/** What the vault holds. A value may be anything of anybody; it is found by whoever has the token, or by the blind index. */
export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'privacy_tokens',
    fields: {
      tenant: 'non-personal',
      token: {category: 'user.unique_id.pseudonymous'},
      domain: 'non-personal',
      sealed: {category: 'user.content'},
      blind_index: {category: 'user.unique_id.pseudonymous'},
      created_at: 'non-personal',
      expires_at: 'non-personal',
    },
    personal: {
      purpose: 'To give back the values that tokens stand for in systems which shall not hold them',
      basis: 'legitimate-interests',
      origin: 'others',
      subject: {field: 'sealed', freeText: true},
      retention: 'until-removed',
      erasure: 'delete-row',
    },
  }),
]
