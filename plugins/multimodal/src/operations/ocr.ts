import {defineOperation, ExitCode} from '@omni-ops/core/operation'
import * as z from 'zod'
import {FileFailure, MediaFile} from './schemas.ts'

const Word = z
  .object({
    text: z.string(),
    confidence: z.number().min(0).max(1).describe('How sure the engine is of it'),
    x: z.int().describe('Pixels from the left edge of the page as it was sent'),
    y: z.int().describe('Pixels from its upper edge'),
    width: z.int(),
    height: z.int(),
    block: z.int().describe('From 1: words of a column or a table'),
    paragraph: z.int().describe('From 1, of its block'),
    line: z.int().describe('From 1, of its paragraph'),
  })
  .meta({id: 'RecognisedWord', description: 'A word and where it stands'})

export const ocr = defineOperation({
  id: 'vision.ocr',
  summary: 'Read the text of pictures and scanned pages',
  description:
    'PNG, JPEG, WebP, GIF, TIFF, AVIF, SVG and PDF, on this machine: nothing is sent anywhere, and no key is needed. ' +
    'Pages are turned upright, levelled and cleaned first. Files that cannot be read are reported, the rest goes on ' +
    '(exit code 3).',
  http: {
    method: 'POST',
    path: '/api/v1/multimodal/vision/ocr',
    files: 'files',
    description: 'Files as JSON (base64) or as a form. They are read on the server, which sends nothing on.',
  },
  scopes: ['vision:use'],
  effects: 'read',
  input: z.object({
    files: z.array(MediaFile).min(1).max(100).describe('Pictures and PDFs'),
    languages: z
      .array(z.string().regex(/^[a-z]{3}(_[a-z]{4})?$/i, 'must be a code of three letters, such as eng'))
      .max(5)
      .optional()
      .describe('What it is written in; by default what vision.languages says'),
    pages: z
      .string()
      .regex(/^[1-9]\d{0,5}(-[1-9]\d{0,5})?(,[1-9]\d{0,5}(-[1-9]\d{0,5})?)*$/, 'must be like 1-3,7')
      .optional()
      .describe('Only these pages of each file'),
    layout: z.boolean().default(false).describe('Keep columns and tables in place, with spaces'),
    words: z.boolean().default(true).describe('Also tell each word, where it stands and how sure it is'),
  }),
  output: z.object({
    pages: z.array(
      z
        .object({
          source: z.string(),
          page: z.int().describe('From 1'),
          width: z.int().describe('Pixels'),
          height: z.int(),
          text: z.string(),
          confidence: z.number().min(0).max(1).describe('The mean of its words'),
          rotation: z.int().describe('Degrees clockwise that it was turned by to stand upright'),
          skew: z.number().describe('Further degrees that its lines were levelled by'),
          words: z.array(Word),
        })
        .meta({id: 'RecognisedPage', description: 'What stands on a page'}),
    ),
    languages: z.array(z.string()),
    failures: z.array(FileFailure),
  }),
  cli: {
    omit: ['files'],
    names: {languages: 'lang'},
    commas: ['languages'],
    rows: 'pages',
    columns: ['source', 'page', 'confidence', 'text'],
    examples: [
      'omni vision ocr invoice.png',
      'omni vision ocr scan.pdf --pages 1-3 --lang slv --layout',
      'omni vision ocr receipt.jpg --json | jq ".pages[0].words"',
    ],
  },
  example: {files: [{name: 'invoice.png', data: 'iVBORw0KGgo='}], languages: ['eng']},
  outcome: ({failures}) => (failures.length > 0 ? ExitCode.partial : ExitCode.done),
  handler: () => import('../handlers/ocr.ts'),
})
