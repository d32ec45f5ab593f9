import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {maskStyles, textField, thresholdField, typesField} from './schemas.ts'

export const mask = defineOperation({
  id: 'privacy.mask',
  summary: 'Replace personal data in a file or stdin',
  description:
    'Text, CSV, JSON and JSON Lines stay valid, and what is not personal stays byte for byte. Of a SQLite database, a Word document or mail, --out gets a masked copy that stays one; what in it can not be masked is told, and makes the exit code 3. Of a PDF it gets pictures of the pages, with what is found blacked out and nothing else of the file. With --map the values are kept encrypted in a file, from which `omni privacy unmask` brings them back.',
  http: {
    method: 'POST',
    path: '/api/v1/privacy/mask',
    description: 'What is not personal stays as it is. Nothing of the text is kept.',
  },
  scopes: ['privacy:read'],
  effects: 'read',
  input: z.object({
    text: textField,
    types: typesField,
    threshold: thresholdField,
    style: z.enum(maskStyles).default('numbered').describe('[PERSON_1], [PERSON], ****1111, or one █ per character'),
  }),
  output: z.object({
    text: z.string().describe('The text with what is personal replaced'),
    counts: z.record(z.string(), z.int()).describe('How many of each kind'),
  }),
  cli: {
    examples: [
      'omni privacy mask letter.txt',
      'omni privacy mask customers.csv --out masked.csv --map customers.map',
      'omni privacy mask crm.db --out masked.db',
      'omni privacy mask letter.pdf --out masked.pdf',
      'omni privacy mask - --format jsonl --style label < events.jsonl',
    ],
  },
  example: {text: 'Ana Novak, ana.novak@example.com, was born on 1 May 1980.', style: 'label'},
  handler: () => import('../handlers/mask.ts'),
})
