import {declarePersonalData, type PrivacyDeclaration} from '@omni-ops/core/privacy'

const content = {category: 'user.content'} as const

/** A result repeats questions and answers, which may say anything of anybody. */
export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'rag_evaluations',
    fields: {tenant: 'non-personal', name: 'non-personal', saved_at: 'non-personal', result: content},
    personal: {
      basis: 'legitimate-interests',
      origin: 'others',
      purpose: 'To compare how well questions were answered before and after a change',
      subject: {field: 'result', freeText: true},
      retention: 'until-removed',
      erasure: 'delete-row',
    },
  }),
]
