import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {
  deliverField,
  disclosedFields,
  exitCodeOf,
  nameField,
  receivedField,
  RequestOutput,
  subjectAliases,
  subjectFields,
  TermsOutput,
} from './request-schemas.ts'

export const ccpaKnow = defineOperation({
  id: 'ccpa.know',
  summary: 'Tell a Californian what is known about them',
  description:
    'Cal. Civ. Code 1798.110. Numbers of the government and of accounts are never given out (11 CCR 7024(d)).',
  http: {method: 'POST', path: '/api/v1/ccpa/know'},
  scopes: ['gdpr:write'],
  effects: 'write',
  confidential: true,
  input: z.object({
    ...subjectFields,
    name: nameField,
    specific: z.boolean().default(false).describe('The data themselves, and not only their categories'),
    verified: z
      .boolean()
      .default(false)
      .describe('It was made sure who asks; otherwise categories are told and nothing more'),
    received_at: receivedField,
    deliver: deliverField,
  }),
  output: z.object({
    request: RequestOutput,
    terms: z.array(TermsOutput).describe('Categories, purposes and recipients'),
    ...disclosedFields,
  }),
  cli: {
    omit: [...subjectAliases, 'deliver'],
    rows: 'terms',
    columns: ['place', 'categories', 'purpose', 'recipients'],
    examples: [
      'omni ccpa know --user ana@example.com',
      'omni ccpa know --user ana@example.com --specific --verified --out ana.zip',
    ],
  },
  example: {email: 'ana@example.com'},
  outcome: exitCodeOf,
  handler: () => import('../handlers/ccpa-know.ts'),
})
