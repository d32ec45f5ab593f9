import type {Context} from '@omni-ops/core/operation'
import {NotFoundError} from '@omni-ops/core/operation'
import {
  PersonalDataMap,
  personalFields,
  type PrivacyDeclaration,
  type Retention,
  placeName,
} from '@omni-ops/core/privacy'
import type * as z from 'zod'
import type {
  ItemOutput,
  PlaceOutput,
  RequestOutput,
  RunOutput,
  SignedReceiptOutput,
  TermsOutput,
} from '../operations/request-schemas.ts'
import type {OneGo} from '../requests/in-one-go.ts'
import type {Item} from '../requests/request-book.ts'
import type {PlaceResult, SubjectRequest} from '../requests/request.ts'
import {measureOf} from '../requests/right.ts'
import type {Waiting} from '../requests/run.ts'

export function requestOut(
  request: SubjectRequest,
  {clock}: Pick<Context, 'clock'>,
  waiting: Waiting | undefined = waitingFor(request),
): z.output<typeof RequestOutput> {
  const {deadlines} = request
  return {
    id: request.id,
    regime: request.regime,
    right: request.right,
    state: request.state,
    outcome: request.outcome,
    waiting: waiting ?? null,
    received_at: request.receivedAt,
    confirm_by: request.confirmedAt === null ? deadlines.confirmBy : null,
    due_by: deadlines.dueBy,
    overdue: request.state !== 'closed' && deadlines.dueUntil <= clock.now().toISOString(),
    extended_due_by: deadlines.extendedDueBy,
    extend_by: request.extension === null ? deadlines.extendBy : null,
    deadline_rule: deadlines.rule,
    deadline_verified: deadlines.verified,
    extension_reason: request.extension?.reason ?? null,
    verification: request.verification?.method ?? null,
    found: request.found,
    kept: request.kept,
    to_review: request.toReview,
    unreachable: request.unreachable,
    refusal: request.refusal === null ? null : {...request.refusal},
    country: request.country,
    language: request.language,
    closed_at: request.closedAt,
  }
}

/** What a request waits for, told from its state; undefined where it can go on by itself. */
function waitingFor({state, unreachable, right}: SubjectRequest): Waiting | undefined {
  switch (state) {
    case 'received':
    case 'identity_pending':
      return 'identity'
    case 'review':
      return 'review'
    case 'notifying':
      return 'notices'
    case 'executing':
      if (measureOf(right) === 'disclose') return 'delivery'
      return unreachable > 0 ? 'unreachable' : undefined
    case 'collecting':
      return unreachable > 0 ? 'unreachable' : undefined
    default:
      return undefined
  }
}

export function placeOut(result: PlaceResult): z.output<typeof PlaceOutput> {
  return {...result}
}

export function runOut(
  {request, waiting, places, kept, records}: OneGo,
  context: Pick<Context, 'clock'>,
): z.output<typeof RunOutput> {
  return {
    request: request === undefined ? null : requestOut(request, context, waiting),
    places: places.filter(isTelling).map(placeOut),
    kept: kept.map(each => ({...each})),
    records: records.map(({place, key, label, match, decision}) => ({place, record: key, label, match, decision})),
    dry_run: request === undefined,
  }
}

/** Whether a place has something to say: the receipt has all of them. */
export function isTelling({found, state}: PlaceResult): boolean {
  return found > 0 || state === 'unreachable' || state === 'failed'
}

export function itemOut(item: Item): z.output<typeof ItemOutput> {
  return {
    item: item.seq,
    place: item.place,
    record: item.key,
    label: item.label,
    match: item.match,
    decision: item.decision,
    reason: item.reason,
    citation: item.citation,
    redacted: item.redacted,
    data: item.record === null ? null : {...item.record},
  }
}

/** What GDPR, article 15(1)(a) to (g), wants told of the places in which something was found. */
export async function termsOut(
  places: readonly PlaceResult[],
  context: Context,
): Promise<z.output<typeof TermsOutput>[]> {
  const {places: all} = await PersonalDataMap.open(context)
  const found = new Set(places.filter(each => each.found > 0).map(({place}) => place))
  return all.flatMap(({declaration}) => (found.has(placeName(declaration)) ? termsOf(declaration) : []))
}

function termsOf(declaration: PrivacyDeclaration): z.output<typeof TermsOutput>[] {
  const {personal, fields} = declaration
  if (personal === undefined) return []
  const categories = personalFields(declaration).flatMap(name => {
    const field = fields[name]
    return field === undefined || field === 'non-personal' ? [] : [field.category]
  })
  return [
    {
      place: placeName(declaration),
      purpose: personal.purpose,
      basis: personal.basis,
      origin: personal.origin,
      categories: [...new Set(categories)].toSorted(),
      recipients: [...(personal.recipients ?? [])],
      retention: retentionText(personal.retention),
      residency: personal.residency ?? null,
    },
  ]
}

/** How long a place keeps data, in words for the person. */
export function retentionText(retention: Retention): string {
  if (retention === 'until-removed') return 'until it is removed'
  if ('kept' in retention) return `kept: ${retention.kept}`
  return retention.days === 0 ? `until ${retention.after}` : `${retention.days} days after ${retention.after}`
}

/** A request that is open has none yet. */
export class NoReceiptError extends NotFoundError {
  override readonly code = 'gdpr_no_receipt'
}

/** @throws NoReceiptError while the request is open */
export function receiptOut({receipt, id, state}: SubjectRequest): z.output<typeof SignedReceiptOutput> {
  if (receipt === null) {
    throw new NoReceiptError(`The request ${id} is ${state}; a receipt is signed when it is closed`, {
      hint: `omni gdpr request run ${id}`,
    })
  }
  return {...receipt, receipt: {...receipt.receipt}}
}
