import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {DocumentOutput, documentLanguageField} from './register-operation.ts'
import {requestField} from './request-schemas.ts'

export const gdprRequestLetter = defineOperation({
  id: 'gdpr.request.letter',
  summary: 'Write the letter that the person of a request is owed now',
  description:
    'Confirmation of receipt, extension, refusal or answer, as the request stands (GDPR, article 12(3) and (4)). Nothing is sent. Who writes is privacy.controller, and where questions go privacy.contact.',
  http: {
    method: 'GET',
    path: '/api/v1/gdpr/requests/{request}/letter',
    description: 'With `as=pdf` and `Accept: application/pdf` the answer is the file itself.',
    file: {
      types: 'application/*',
      of: ({document: {encoding, content, media_type: mediaType}}) =>
        encoding === 'base64' ? {data: content, mediaType} : undefined,
    },
  },
  scopes: ['gdpr:read'],
  effects: 'read',
  confidential: true,
  input: z.object({
    request: requestField,
    kind: z
      .enum(['confirmation', 'extension', 'refusal', 'answer'])
      .optional()
      .describe('Which letter; the one that fits the state of the request by default'),
    addressee: z.string().min(1).max(200).optional().describe('Who is addressed; the data subject by default'),
    as: z.enum(['pdf', 'text']).default('text').describe('In which form'),
    language: documentLanguageField,
  }),
  output: z.object({kind: z.string().describe('Which letter it is'), document: DocumentOutput}),
  cli: {
    args: ['request'],
    examples: [
      'omni gdpr request letter 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55',
      'omni gdpr request letter 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55 --language sl --out answer.pdf',
    ],
  },
  handler: () => import('../handlers/gdpr-request-letter.ts'),
})
