import type {Terminal} from '@omni-ops/core/cli'
import type {OperationOutput} from '@omni-ops/core/operation'
import type {gdprStatus} from '../operations/gdpr-status.ts'

/** Counts in words, for a person. */
export function present(status: OperationOutput<typeof gdprStatus>, terminal: Terminal): string | undefined {
  if (!terminal.stdout.isTerminal) return undefined
  return [
    `${status.open} open, ${status.overdue} late, ${status.due_within_7_days} due within 7 days, ${status.closed} closed`,
    `${status.holds} legal holds, ${status.limits} limits, ${status.pending_notices} notices to tell`,
    `${status.places} places hold personal data`,
  ].join('\n')
}
