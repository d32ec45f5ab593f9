import type * as z from 'zod'
import type {RegisterName} from '../documents/register-template.ts'
import {Breaches} from './breaches.ts'
import {Dpia} from './dpia.ts'
import {Officer} from './officer.ts'
import {Processors} from './processors.ts'
import {Ropa} from './ropa.ts'
import {Video} from './video.ts'

/** The form of each register, and the file it is looked for in, within the directory of the registers. */
export const registerForms = {
  ropa: {schema: Ropa, file: 'ropa.yaml'},
  dpia: {schema: Dpia, file: 'dpia.yaml'},
  breaches: {schema: Breaches, file: 'breaches.yaml'},
  processors: {schema: Processors, file: 'processors.yaml'},
  officer: {schema: Officer, file: 'dpo.yaml'},
  video: {schema: Video, file: 'video.yaml'},
} as const satisfies Record<RegisterName, {readonly schema: z.ZodType; readonly file: string}>
