import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {DetectedSpan, textField, thresholdField, typesField} from './schemas.ts'

export const scan = defineOperation({
  id: 'privacy.scan',
  summary: 'Find personal data in files, databases, directories or stdin',
  description:
    'Reads text, CSV, JSON, JSON Lines, PDF, DOCX, mail, SQLite and LanceDB where you are; nothing leaves the machine. Values are shown partly hidden unless --show-values is given. With --fail the exit code is 7 where anything is found.',
  http: {
    method: 'POST',
    path: '/api/v1/privacy/scan',
    description: 'Finds names, addresses, numbers of persons and more in a text. Nothing of it is kept.',
  },
  scopes: ['privacy:read'],
  effects: 'read',
  input: z.object({
    text: textField,
    field: z.string().max(200).default('').describe('The name of the column or key that the text is the value of'),
    types: typesField,
    threshold: thresholdField,
  }),
  output: z.object({
    spans: z.array(DetectedSpan).describe('In the order of the text'),
    counts: z.record(z.string(), z.int()).describe('How many of each kind'),
  }),
  cli: {
    rows: 'spans',
    examples: [
      'omni privacy scan customers.csv ./letters app.db ./index',
      'omni privacy scan - --types EMAIL_ADDRESS --types SI_EMSO --json < mail.txt',
      'omni privacy scan src --fail --threshold 0.8',
    ],
  },
  example: {text: 'Ana Novak, ana.novak@example.com, was born on 1 May 1980.'},
  handler: () => import('../handlers/scan.ts'),
})
