import * as z from 'zod'

export const endpointStatuses = ['enabled', 'disabled'] as const

export const EndpointOutput = z.object({
  id: z.string(),
  name: z.string().describe('How people call it'),
  url: z.string().describe('Where events are sent'),
  events: z.array(z.string()).describe('What it subscribes to'),
  status: z.enum(endpointStatuses),
  disabled_reason: z
    .enum(['by_hand', 'gone', 'failing'])
    .nullable()
    .describe('gone: it answered 410; failing: nothing was delivered for five days'),
  disabled_at: z.iso.datetime().nullable(),
  failing_since: z.iso.datetime().nullable().describe('Since when nothing was delivered'),
  previous_secret_ends_at: z.iso.datetime().nullable().describe('So long the secret before this one signs too'),
  created_at: z.iso.datetime(),
  created_by: z.string(),
})

/** With the secret, which is told this once. */
export const NewSecretOutput = z.object({
  secret: z.string().describe('Verifies what is sent. It is shown this once and cannot be had again'),
  ...EndpointOutput.shape,
})

export const endpointReference = z.string().min(1).max(200).describe('Name or id of the endpoint')

export const urlField = z.string().min(1).max(2000).describe('Where to send events: https://host/path')

export const nameField = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be lower-case letters, digits, ., - and _, at most 63')

export const eventsField = z
  .array(
    z
      .string()
      .max(200)
      .regex(/^(\*|[a-z][a-z0-9_]*(\.[a-z0-9_]+)*(\.\*)?)$/, 'must be the name of an event, rag.* or *'),
  )
  .min(1)
  .max(100)
