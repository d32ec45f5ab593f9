import type * as z from 'zod'
import type {RegisterName} from '../documents/register-template.ts'
import {Breaches} from '../operations/breach-register.ts'
import {Dpia} from '../operations/dpia-register.ts'
import {Officer} from '../operations/officer-register.ts'
import {Processors} from '../operations/processor-register.ts'
import {Ropa} from '../operations/ropa-register.ts'
import {Video} from '../operations/video-register.ts'

/** The form of each register, and the file it is looked for in, within the directory of the registers. */
export const registerForms = {
  ropa: {schema: Ropa, file: 'ropa.yaml'},
  dpia: {schema: Dpia, file: 'dpia.yaml'},
  breaches: {schema: Breaches, file: 'breaches.yaml'},
  processors: {schema: Processors, file: 'processors.yaml'},
  officer: {schema: Officer, file: 'dpo.yaml'},
  video: {schema: Video, file: 'video.yaml'},
} as const satisfies Record<RegisterName, {readonly schema: z.ZodType; readonly file: string}>
