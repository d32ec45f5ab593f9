import type {Terminal} from '@omni-ops/core/cli'
import type {OperationOutput} from '@omni-ops/core/operation'
import type {gdprRequestOpen} from '../operations/gdpr-request-open.ts'

/** As `citationOf` marks what nobody read. */
const notVerified = ' (not verified)'

/** One request, for a person; a pipe gets its columns. */
export function present(request: OperationOutput<typeof gdprRequestOpen>, terminal: Terminal): string | undefined {
  if (!terminal.stdout.isTerminal) return undefined
  return requestLines(request).join('\n')
}

export function requestLines(request: OperationOutput<typeof gdprRequestOpen>): string[] {
  const {state, outcome, extension_reason: extended, refusal} = request
  const [rule, ...further] = request.deadline_rule.split('; ')
  const unread = [rule, ...further]
    .filter(each => each?.endsWith(notVerified))
    .map(each => each!.replace(notVerified, ''))
  const verified = unread.length === 0 ? '' : `; not read here, check it: ${unread.join(', ')}`
  return [
    `${request.id}  ${request.right} (${request.regime})`,
    `State     ${outcome === null ? state : `${state}, ${outcome}`}${request.waiting === null ? '' : `, waits for ${request.waiting}`}`,
    `Received  ${request.received_at}`,
    ...(request.confirm_by === null ? [] : [`Confirm   by ${request.confirm_by}`]),
    `Answer    by ${request.due_by}${request.overdue ? ', late' : ''} (${rule})${verified}`,
    ...(extended === null ? [] : [`Extended  ${extended}`]),
    `Verified  ${request.verification ?? 'not yet'}`,
    ...(request.found === null
      ? []
      : [`Found     ${request.found}, ${request.kept} kept, ${request.to_review} to look at`]),
    ...(refusal === null ? [] : [`Refused   ${refusal.reason} (${refusal.citation})`]),
  ]
}
