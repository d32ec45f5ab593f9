import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {AttemptOutput, attemptErrors} from './attempt-output.ts'
import {endpointReference} from './endpoint-output.ts'

export const deliveryStatuses = ['pending', 'delivered', 'dead'] as const

export const webhooksDeliveries = defineOperation({
  id: 'webhooks.deliveries',
  summary: 'List what was sent, with every attempt, the newest first',
  description: 'Finished deliveries are kept for 30 days. `dead` ones are given up until `omni webhooks replay`.',
  http: {method: 'GET', path: '/api/v1/webhook-deliveries'},
  scopes: ['webhooks:read'],
  effects: 'read',
  input: z.object({
    endpoint: endpointReference.optional(),
    status: z.enum(deliveryStatuses).optional().describe('Only those'),
    limit: z.int().min(1).max(1000).default(50).describe('How many at most'),
    cursor: z.string().max(200).optional().describe('Go on where an earlier list ended (its `next`)'),
  }),
  output: z.object({
    items: z
      .array(
        z.object({
          id: z.string(),
          endpoint: z.string().describe('The id of the endpoint'),
          event: z.string().describe('The id of the event: its webhook-id'),
          type: z.string().describe('What happened, such as rag.documents.ingested'),
          status: z.enum(deliveryStatuses).describe('How it stands'),
          created_at: z.iso.datetime().describe('When it happened'),
          next_attempt_at: z.iso.datetime().nullable().describe('Null when it is finished'),
          finished_at: z.iso.datetime().nullable(),
          last_status: z.int().nullable().describe('The HTTP status of the last attempt'),
          last_error: z.enum(attemptErrors).nullable().describe('Why the last attempt failed'),
          attempts: z.array(AttemptOutput.extend({number: z.int()})),
        }),
      )
      .describe('The newest first'),
    next: z.string().nullable().describe('The `cursor` of the next page; null after the last'),
  }),
  cli: {
    args: ['endpoint'],
    rows: 'items',
    columns: ['id', 'type', 'status', 'last_status', 'last_error', 'created_at', 'next_attempt_at'],
    examples: ['omni webhooks deliveries search', 'omni webhooks deliveries search --status dead --json'],
  },
  handler: () => import('../handlers/deliveries.ts'),
})
