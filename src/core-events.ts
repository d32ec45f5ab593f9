import {jobFinished} from './jobs/events.ts'
import {keyCreated, keyRevoked, keyRotated} from './keys/events.ts'
import type {EventDefinition} from './operation/event.ts'
import {webhookDisabled, webhookTest} from './webhooks/events.ts'

/** The events of omni itself. */
export const events: readonly EventDefinition[] = [
  jobFinished,
  keyCreated,
  keyRotated,
  keyRevoked,
  webhookDisabled,
  webhookTest,
]
