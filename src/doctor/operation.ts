import * as z from 'zod'
import {defineOperation} from '../operation/operation.ts'
import {ExitCode} from '../operation/errors.ts'

export const doctor = defineOperation({
  id: 'doctor',
  summary: 'Check that everything omni needs is there and works',
  description: 'Each finding that is not ok says what to do. Exit code 1 where there is a problem.',
  http: {method: 'GET', path: '/api/v1/doctor'},
  scopes: ['doctor:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    healthy: z.boolean().describe('No finding is a problem'),
    findings: z.array(
      z.object({
        name: z.string().describe('What was looked at'),
        status: z.enum(['ok', 'warning', 'problem', 'off']).describe('off: not configured, and not needed'),
        message: z.string().describe('What was found'),
        fix: z.string().optional().describe('What to do about it'),
      }),
    ),
  }),
  cli: {
    rows: 'findings',
    columns: ['status', 'name', 'message', 'fix'],
    examples: ['omni doctor', 'omni doctor --json'],
  },
  outcome: ({healthy}) => (healthy ? ExitCode.done : ExitCode.failure),
  handler: () => import('./handler.ts'),
})
