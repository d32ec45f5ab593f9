import {defineEvent} from '@omni-ops/core/operation'
import * as z from 'zod'

export const tokensRevealed = defineEvent({
  name: 'privacy.tokens.revealed',
  summary: 'Somebody asked what tokens stand for',
  scopes: ['audit:read'],
  payload: z.object({
    asked: z.int().describe('How many tokens'),
    found: z.int().describe('How many of them were known'),
  }),
  example: {asked: 3, found: 3},
})

export const budgetCreated = defineEvent({
  name: 'privacy.budget.created',
  summary: 'A budget for differentially private answers was opened',
  scopes: ['privacy:read'],
  payload: z.object({budget: z.string(), epsilon: z.string(), delta: z.string()}),
  example: {budget: 'survey-2026', epsilon: '1', delta: '0'},
})

export const budgetDebited = defineEvent({
  name: 'privacy.budget.debited',
  summary: 'A differentially private answer was paid for',
  scopes: ['privacy:read'],
  payload: z.object({
    budget: z.string(),
    release: z.string().describe('The id of the answer'),
    epsilon: z.number().describe('What all answers so far guarantee together'),
    delta: z.number(),
  }),
  example: {budget: 'survey-2026', release: '0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55', epsilon: 0.3, delta: 0},
})

export const requestMoved = defineEvent({
  name: 'gdpr.request.moved',
  summary: 'A request of a data subject went into another state',
  scopes: ['gdpr:read'],
  payload: z.object({
    request: z.string().describe('Its id'),
    right: z.string(),
    state: z.string(),
    outcome: z.string().nullable().describe('How it ended; null while it is open'),
  }),
  example: {request: '0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55', right: 'erasure', state: 'review', outcome: null},
})

export const noticeDue = defineEvent({
  name: 'gdpr.notice.due',
  summary: 'A recipient has to be told of a correction, an erasure or a restriction',
  scopes: ['gdpr:read'],
  payload: z.object({
    notice: z.string().describe('Its id, by which whom it is about can be asked for'),
    request: z.string(),
    recipient: z.string(),
    right: z.string(),
  }),
  example: {
    notice: '0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a56',
    request: '0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55',
    recipient: 'mail-provider',
    right: 'erasure',
  },
})

const consentPayload = z.object({
  consent: z.string().describe('The id of the entry'),
  purpose: z.string(),
})
const consentExample = {consent: '0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55', purpose: 'newsletter'}

export const consentGiven = defineEvent({
  name: 'gdpr.consent.given',
  summary: 'A person consented to a purpose',
  scopes: ['gdpr:read'],
  payload: consentPayload,
  example: consentExample,
})

export const consentWithdrawn = defineEvent({
  name: 'gdpr.consent.withdrawn',
  summary: 'A person withdrew a consent: what rests on it has to stop',
  scopes: ['gdpr:read'],
  payload: consentPayload,
  example: consentExample,
})

export const events = [
  tokensRevealed,
  budgetCreated,
  budgetDebited,
  requestMoved,
  noticeDue,
  consentGiven,
  consentWithdrawn,
] as const
