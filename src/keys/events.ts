import * as z from 'zod'
import {defineEvent} from '../operation/event.ts'

const prefix = z.string().describe('The part of the key that is no secret')
const name = z.string().describe('What it is for')
const scopes = ['keys:read']

export const keyCreated = defineEvent({
  name: 'key.created',
  summary: 'An API key was made',
  scopes,
  payload: z.object({prefix, name, scopes: z.array(z.string()).describe('What it may do')}),
  example: {prefix: '21aiosdxeqic', name: 'ci', scopes: ['rag:read']},
})

export const keyRotated = defineEvent({
  name: 'key.rotated',
  summary: 'An API key was replaced by a new one with the same rights',
  scopes,
  payload: z.object({
    prefix: prefix.describe('Of the key that ends'),
    name,
    replaced_by: z.string().describe('The prefix of the new key'),
    ends_at: z.iso.datetime().nullable().describe('How long the old one works'),
  }),
  example: {prefix: '21aiosdxeqic', name: 'ci', replaced_by: 'q0v81mbhz3kd', ends_at: '2026-02-01T12:00:00.000Z'},
})

export const keyRevoked = defineEvent({
  name: 'key.revoked',
  summary: 'An API key was ended before its time',
  scopes,
  payload: z.object({prefix, name}),
  example: {prefix: '21aiosdxeqic', name: 'ci'},
})
