/** A plugin whose operations end in every way that one can; the tests of the command line build it into a program. */
import {setTimeout} from 'node:timers/promises'
import {
  CancelledError,
  ConflictError,
  type Context,
  DeniedError,
  defineOperation,
  definePlugin,
  ExitCode,
  FailureError,
  InvalidInputError,
  NotConfiguredError,
  NotFoundError,
} from '@omni-ops/core/operation'
import * as z from 'zod'

const errors = {
  failure: FailureError,
  usage: InvalidInputError,
  denied: DeniedError,
  not_found: NotFoundError,
  conflict: ConflictError,
  not_configured: NotConfiguredError,
}

const outcomes = {done: ExitCode.done, partial: ExitCode.partial, gate: ExitCode.gateFailed, pending: ExitCode.pending}

export const probeEnd = defineOperation({
  id: 'probe.end',
  summary: 'End in a certain way',
  scopes: ['probe:read'],
  effects: 'read',
  input: z.object({
    how: z.enum([...Object.keys(outcomes), ...Object.keys(errors), 'bug', 'wait', 'wrong']).describe('The way to end'),
  }),
  output: z.object({how: z.string()}),
  outcome: ({how}) => outcomes[how as keyof typeof outcomes],
  cli: {args: ['how'], examples: ['omni probe end done']},
  handler: async () => ({handle: endIn}),
})

async function endIn({how}: {how: string}, context: Context): Promise<unknown> {
  if (how in errors) {
    const Thrown = errors[how as keyof typeof errors]
    throw new Thrown(`It ended as ${how}`, {hint: 'ask for another way', details: {how}})
  }
  if (how === 'bug')
    throw new Error('Lost api_key=abcdefghij1234567890 on the way', {cause: new TypeError('the cause')})
  if (how === 'wrong') return {how: 5}
  if (how === 'wait') {
    context.emit({type: 'note', level: 'info', message: 'waiting'})
    await setTimeout(600_000, undefined, {signal: context.signal}).catch(() => {
      throw new CancelledError()
    })
  }
  return {how}
}

export const probeRows = defineOperation({
  id: 'probe.rows',
  summary: 'Show what was asked for, as rows',
  scopes: ['probe:read'],
  effects: 'read',
  input: z.object({
    name: z.string().min(2).describe('A name'),
    kind: z.enum(['plain', 'fancy']).describe('A kind'),
    count: z.int().min(0).max(100_000).default(2).describe('How many rows'),
    ratio: z.number().optional().describe('Any number'),
    labels: z.array(z.string()).default([]).describe('Labels'),
    facts: z.record(z.string(), z.string()).optional().describe('Facts'),
    warm: z.boolean().default(true).describe('Stay warm'),
  }),
  output: z.object({rows: z.array(z.record(z.string(), z.unknown()))}),
  cli: {args: ['name'], chars: {kind: 'k'}, rows: 'rows', examples: ['omni probe rows ada --kind plain']},
  handler: async () => ({
    handle: async ({count, ...given}: {count: number}) => ({
      rows: Array.from({length: count}, (_, index) => ({index, ...given, at: '2026-01-02T03:04:05.678Z'})),
    }),
  }),
})

export const probeDrop = defineOperation({
  id: 'probe.drop',
  summary: 'Drop a thing for good',
  scopes: ['probe:write'],
  effects: 'destructive',
  input: z.object({name: z.string().describe('The thing'), dry_run: z.boolean().default(false).describe('Only look')}),
  output: z.object({dropped: z.string().nullable()}),
  cli: {args: ['name'], confirm: {repeat: 'name'}, examples: ['omni probe drop it --confirm it']},
  handler: async () => ({
    handle: async ({name, dry_run}: {name: string; dry_run: boolean}) => ({dropped: dry_run ? null : name}),
  }),
})

export const probeClear = defineOperation({
  id: 'probe.clear',
  summary: 'Clear a cache',
  scopes: ['probe:write'],
  effects: 'destructive',
  input: z.object({}),
  output: z.object({cleared: z.boolean()}),
  cli: {confirm: 'yes', examples: ['omni probe clear --yes']},
  handler: async () => ({handle: async () => ({cleared: true})}),
})

export default definePlugin({
  name: 'probe',
  summary: 'Every way to end',
  operations: async () => [probeEnd, probeRows, probeDrop, probeClear],
  settings: [{name: 'probe.depth', description: 'How deep', schema: z.int().min(1).max(9), default: 3}],
})
