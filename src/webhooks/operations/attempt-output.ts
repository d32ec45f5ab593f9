import * as z from 'zod'

export const attemptErrors = [
  'gone',
  'invalid_target',
  'private_target',
  'proxy',
  'redirect',
  'secret_unreadable',
  'status',
  'timeout',
  'tls',
  'unknown_host',
  'unreachable',
  'connection_broken',
] as const

export const AttemptOutput = z.object({
  at: z.iso.datetime(),
  milliseconds: z.int().min(0).describe('How long it took'),
  status: z.int().nullable().describe('Of HTTP; null where nothing was answered'),
  error: z.enum(attemptErrors).nullable().describe('Why it failed; null where it was delivered'),
  response: z.string().nullable().describe('The beginning of what was answered to a failure'),
})
