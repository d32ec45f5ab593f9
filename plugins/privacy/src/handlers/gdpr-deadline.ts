import type {Handler} from '@omni-ops/core/operation'
import {deadline, type Moment} from '../clock/deadline.ts'
import type {gdprDeadline} from '../operations/law.ts'

export const handle: Handler<typeof gdprDeadline> = async (input, {clock, settings}) => {
  const {right, regime, received} = input
  // California's own holidays and zone are those of its clock.
  const home = (name: string) => (regime === 'ccpa' ? undefined : (settings.get(name) as string))
  const country = input.country ?? home('privacy.country')
  const timeZone = input.time_zone ?? home('privacy.time_zone')
  const found = deadline({
    right,
    regime,
    receivedAt: received === undefined ? clock.now() : new Date(received),
    ...(country === undefined ? {} : {country}),
    ...(timeZone === undefined ? {} : {timeZone}),
  })
  return {
    confirm_by: found.confirmBy === undefined ? null : momentOutput(found.confirmBy),
    due_by: momentOutput(found.dueBy),
    extended_due_by: found.extendedDueBy === undefined ? null : momentOutput(found.extendedDueBy),
    extension_told_by: found.extensionMustBeToldBy === undefined ? null : momentOutput(found.extensionMustBeToldBy),
    citation: found.citation,
    verified: found.verified,
    unread: [...found.unread],
    notes: [...found.notes],
  }
}

function momentOutput({date, until}: Moment) {
  return {date, until: until.toISOString()}
}
