import {declarePersonalData, type PrivacyDeclaration} from '../privacy/declaration.ts'
import {keptDays} from './retention.ts'

export const webhookPrivacy: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'omni_webhook_endpoints',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      name: 'non-personal',
      url: 'non-personal',
      events: 'non-personal',
      secret: 'non-personal',
      previous_secret: 'non-personal',
      previous_secret_ends_at: 'non-personal',
      created_at: 'non-personal',
      created_by: {category: 'user.unique_id', identity: 'principal'},
      disabled_at: 'non-personal',
      disabled_reason: 'non-personal',
      failing_since: 'non-personal',
      paused_until: 'non-personal',
    },
    personal: {
      purpose: 'To know who had events sent to a place',
      basis: 'legitimate-interests',
      origin: 'observed',
      subject: {field: 'created_by'},
      retention: 'until-removed',
      erasure: {
        kept: 'who opened a way out for data must stay known while it is open (GDPR, articles 5(2) and 17(3))',
      },
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'omni_webhook_deliveries',
    // The body is an event's, which holds identifiers and numbers alone.
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      endpoint: 'non-personal',
      event: 'non-personal',
      type: 'non-personal',
      body: 'non-personal',
      status: 'non-personal',
      created_at: 'non-personal',
      due_at: 'non-personal',
      claimed_by: 'non-personal',
      attempts: 'non-personal',
      tries: 'non-personal',
      finished_at: 'non-personal',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'omni_webhook_attempts',
    fields: {
      tenant: 'non-personal',
      delivery: 'non-personal',
      number: 'non-personal',
      at: 'non-personal',
      milliseconds: 'non-personal',
      status: 'non-personal',
      error: 'non-personal',
      // Whatever somebody else's server says when it fails.
      response: {category: 'user.content'},
    },
    personal: {
      purpose: 'To find out why a receiver refused an event',
      basis: 'legitimate-interests',
      origin: 'others',
      subject: {field: 'response', freeText: true},
      retention: {days: keptDays, after: 'at'},
      erasure: {clear: ['response']},
    },
  }),
]
