import type {SettingDeclaration} from '@omni-ops/core/operation'
import * as z from 'zod'

export const multimodalSettings: readonly SettingDeclaration[] = [
  {
    name: 'vision.languages',
    description: 'What pictures are written in where nobody says, as codes of three letters with commas between them',
    schema: () =>
      z.string().regex(/^[a-z]{3}(_[a-z]{4})?(,[a-z]{3}(_[a-z]{4})?){0,4}$/i, 'must be codes such as eng,slv'),
    default: 'eng,slv',
  },
  {
    name: 'vision.tessdata',
    description: 'Directory with .traineddata files of further languages; English and Slovenian come with the program',
    schema: () => z.string().min(1),
    env: ['TESSDATA_PREFIX'],
  },
  {
    name: 'vision.threads',
    description: 'How many pages are recognised at once, each with some 200 MB of memory',
    schema: () => z.int().min(1).max(64),
    default: 2,
  },
  {
    name: 'vision.max_file_mb',
    description: 'Larger pictures and PDFs are refused',
    schema: () => z.number().positive().max(2000),
    default: 50,
  },
]
