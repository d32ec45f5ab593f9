import * as z from 'zod'
import {type Context, defineOperation, ExitCode} from '../../src/operation/index.ts'

const cli = {examples: ['omni probe']}

/** Says what its context is, and what its input was: for tests of what carries requests to operations. */
export const probeEcho = defineOperation({
  id: 'probe.echo',
  summary: 'Tell what arrived',
  http: {method: 'GET', path: '/api/v1/probe/{name}'},
  scopes: ['probe:read'],
  effects: 'read',
  input: z.object({
    name: z.string(),
    count: z.int().default(0),
    flag: z.boolean().optional(),
    words: z.array(z.string()).default([]),
    filter: z.record(z.string(), z.unknown()).optional(),
  }),
  output: z.object({tenant: z.string(), principal: z.string(), input: z.unknown()}),
  cli,
  handler: async () => ({
    handle: async (input: unknown, context: {tenant: string; principal: {id: string}}) => ({
      tenant: context.tenant,
      principal: context.principal.id,
      input,
    }),
  }),
})

/** Emits every kind of event, and ends with an exit code of its own. */
export const probeEvents = defineOperation({
  id: 'probe.events',
  summary: 'Say something while it runs',
  http: {method: 'POST', path: '/api/v1/probe/events'},
  scopes: ['probe:read'],
  effects: 'read',
  input: z.object({fail: z.boolean().default(false)}),
  output: z.object({total: z.bigint()}),
  outcome: () => ExitCode.partial,
  cli,
  handler: async () => ({
    handle: async ({fail}: {fail: boolean}, {emit}: {emit(event: object): void}) => {
      emit({type: 'progress', label: 'Counting', done: 1, total: 2})
      emit({type: 'note', level: 'warn', message: 'a\nb'})
      emit({type: 'delta', text: 'ž'})
      if (fail) throw new Error('at /secret/path')
      return {total: 12345678901234567890n}
    },
  }),
})

/** Answers with as many files as it is asked for. */
export const probeFiles = defineOperation({
  id: 'probe.files',
  summary: 'Give files',
  http: {
    method: 'GET',
    path: '/api/v1/probe/files',
    file: {
      types: 'image/*',
      of: ({files: [first, ...others]}: {files: string[]}) =>
        first === undefined || others.length > 0 ? undefined : {data: first, mediaType: 'image/png'},
    },
  },
  scopes: ['probe:read'],
  effects: 'read',
  input: z.object({count: z.int().default(1)}),
  output: z.object({files: z.array(z.string())}),
  cli,
  handler: async () => ({
    handle: async ({count}: {count: number}) => ({files: Array<string>(count).fill('iVBORw0KGgo=')}),
  }),
})

/** Waits until it is cancelled; tells when it began and how it ended. */
export function probeWait(seen: {began(): void; ended(aborted: boolean): void}) {
  return defineOperation({
    id: 'probe.wait',
    summary: 'Wait',
    http: {method: 'POST', path: '/api/v1/probe/wait'},
    scopes: ['probe:read'],
    effects: 'read',
    input: z.object({}),
    output: z.object({}),
    cli,
    handler: async () => ({
      handle: async (_input: unknown, {signal}: {signal: AbortSignal}) => {
        seen.began()
        await new Promise(resolve => signal.addEventListener('abort', resolve, {once: true}))
        seen.ended(signal.aborted)
        throw signal.reason
      },
    }),
  })
}

/** Counts how often it runs, in a unit of work; each run can be held up and made to fail. */
export function probeWrite(options: {
  readonly run: (count: number, signal: AbortSignal) => Promise<void>
  readonly repeatable?: false
  readonly confidential?: boolean
}) {
  let count = 0
  const {run, ...properties} = options
  return defineOperation({
    id: 'probe.write',
    summary: 'Change something',
    http: {method: 'POST', path: '/api/v1/probe/write'},
    scopes: ['probe:write'],
    effects: 'write',
    ...properties,
    input: z.object({value: z.string().default('')}),
    output: z.object({count: z.int(), value: z.string()}),
    cli,
    handler: async () => ({
      handle: async ({value}: {value: string}, context: Context) => {
        const store = await context.store()
        const audit = {action: 'probe.written', resource: `value:${value}`}
        await store.unit(context, {audit}, async () => {})
        count += 1
        context.emit({type: 'progress', label: 'Writing', done: count})
        await run(count, context.signal)
        return {count, value}
      },
    }),
  })
}
