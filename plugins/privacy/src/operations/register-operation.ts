import * as z from 'zod'
import {defineOperation, ExitCode} from '@omni-ops/core/operation'
import type {RegisterName} from '../documents/register-template.ts'

export const documentLanguageField = z.enum(['en', 'sl']).default('en').describe('The language of the document')

export const DocumentOutput = z
  .object({
    name: z.string().describe('A name for the file'),
    media_type: z.string(),
    encoding: z.enum(['utf-8', 'base64']).describe('How the content is written here'),
    content: z.string(),
  })
  .meta({id: 'PublishedDocument', description: 'A document to hand over'})

export const FindingOutput = z
  .object({
    level: z.enum(['problem', 'warning']).describe('problem: the law is not kept'),
    entry: z.string().nullable().describe('The entry by its id; null for the register itself'),
    message: z.string(),
    citation: z.string().describe('The rules; "not verified" where their text was not read'),
  })
  .meta({id: 'RegisterFinding', description: 'Something that the keeper of a register should know'})

export interface RegisterOperationOptions<S extends z.ZodObject> {
  readonly id: string
  readonly path: `/${string}`
  readonly summary: string
  readonly description: string
  readonly schema: S
  readonly name: RegisterName
  readonly examples: readonly string[]
  readonly example: z.input<S>
}

/** The operation of one register: it is gone through, and given as a document where that is asked for. */
export function registerOperation<S extends z.ZodObject>(options: RegisterOperationOptions<S>) {
  const {id, path, summary, description, schema, name, examples, example} = options
  return defineOperation({
    id,
    summary,
    description,
    http: {
      method: 'POST',
      path,
      description:
        'Goes through a register, which is sent whole, and gives it back as a document if asked. Keeps nothing.',
    },
    scopes: [`${id.split('.')[0]}:read`],
    effects: 'read',
    input: z.object({
      register: schema.describe('The register'),
      as: z.enum(['json', 'csv', 'pdf', 'text']).optional().describe('Give the register as a document too'),
      language: documentLanguageField,
    }),
    output: z.object({
      register: z.literal(name),
      entries: z.int().describe('How many it has'),
      findings: z.array(FindingOutput),
      document: DocumentOutput.nullable(),
    }),
    cli: {omit: ['register' as never], rows: 'findings', columns: ['level', 'entry', 'message', 'citation'], examples},
    example: {register: example} as never,
    outcome: ({findings}) => (findings.some(({level}) => level === 'problem') ? ExitCode.gateFailed : ExitCode.done),
    handler: async () => (await import('../handlers/register.ts')).handlerOf(name),
  })
}
