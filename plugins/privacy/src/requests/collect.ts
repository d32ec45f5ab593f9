import {CancelledError, type Context} from '@omni-ops/core/operation'
import {
  type Identity,
  isUnreachable,
  PersonalDataMap,
  type PersonalRecord,
  type Place,
  type Subject,
  placeName,
} from '@omni-ops/core/privacy'
import {createDetector} from '../detect/create-detector.ts'
import {listHolds} from '../holds/holds.ts'
import {signReceipt} from '../receipt/receipt.ts'
import {receiptOf} from './close.ts'
import {decideRecord, isOfRequests, isSharedAlone} from './decide.ts'
import {advance} from './progress.ts'
import {namesIn, neverDisclosed, type RedactOptions} from './redact.ts'
import type {Item, RequestBook} from './request-book.ts'
import type {PlaceResult, SubjectRequest} from './request.ts'

/** What a look through all places found. */
export interface Findings {
  readonly subject: Subject
  readonly items: readonly Omit<Item, 'seq'>[]
  readonly places: readonly PlaceResult[]
  readonly unreachable: number
  readonly toReview: number
  /** Whether anybody of this description is known. */
  readonly known: boolean
}

/**
 * Looks through all places for the subject of a request and decides about each record by rule; a person may decide otherwise in
 * review. Moves the request to review, or closes it where nobody of that description is known; a place that could not be read
 * keeps it collecting. @throws RequestStateError where the request is not to be collected
 */
export async function collect(id: string, book: RequestBook, context: Context): Promise<SubjectRequest> {
  const request = await book.step(id, {type: 'collect'}, {step: 'collecting'})
  const given = (await book.identities(id)).filter(({via}) => via === 'given')
  const map = await PersonalDataMap.open(context)
  const findings = await look(request, await map.resolve(given), map, context)
  const {items, places, unreachable, toReview, known, subject} = findings
  const kept = items.filter(({decision, reason}) => decision === 'keep' && reason !== null).length
  const found = items.length
  const event = {type: 'collected', found, kept, unreachable, toReview, known} as const
  const {outcome} = advance(request, event)
  const at = context.clock.now().toISOString()
  const closing = outcome && {
    at,
    receipt: await signReceipt(await receiptOf(request, outcome, {at, places}, book, context), context),
  }
  return book.step(id, event, {
    step: 'collected',
    details: {found, kept, unreachable, to_review: toReview, identities: subject.identities.length},
    changes: closing ? {closing} : {},
    alongside: (unit, moved) =>
      moved.state === 'closed'
        ? book.writePlaces(unit, id, places)
        : book.replaceFindings(unit, id, {identities: withGiven(given, subject), items, places}),
  })
}

/** Looks through all places, or those that the request names, and changes nothing. */
export async function look(
  request: Pick<SubjectRequest, 'id' | 'right' | 'instructions'>,
  subject: Subject,
  map: PersonalDataMap,
  context: Context,
): Promise<Findings> {
  const {places: only, name} = request.instructions
  const tally = new PlaceTally(map.places, only)
  const records: Located[] = []
  for await (const found of map.locate(subject, only === undefined ? {} : {places: only})) {
    if (context.signal.aborted) throw new CancelledError()
    if (isUnreachable(found)) {
      tally.unreachable(placeName(found), found.message)
      continue
    }
    const place = map.places.find(({declaration}) => placeName(declaration) === placeName(found))
    if (place === undefined || isOfRequests(placeName(found))) continue
    records.push({record: found, place})
    if (records.length % 100 === 0) {
      context.emit({type: 'progress', label: 'Collecting', done: records.length, unit: 'records'})
    }
  }
  const holds = await listHolds(context)
  const redact: RedactOptions = {
    detector: await createDetector(),
    identities: subject.identities,
    names: [...(name === undefined ? [] : [name]), ...namesOf(records, subject)],
    ...(request.right === 'know_specific' ? {never: neverDisclosed} : {}),
  }
  const items: Omit<Item, 'seq'>[] = []
  let shared = 0
  for (const {record, place} of records) {
    const item = decideRecord(record, {request, place, holds, redact})
    if (item === undefined) continue
    if (isSharedAlone(record)) shared += 1
    items.push(item)
    tally.found(item)
  }
  const places = tally.results()
  return {
    subject,
    items,
    places,
    unreachable: places.filter(({state}) => state === 'unreachable').length,
    toReview: subject.review.length + shared,
    known: isKnown(request, records, subject.identities),
  }
}

/** Who is not in any place is not known, unless something links them or the right is about what comes later. */
function isKnown(
  {right}: Pick<SubjectRequest, 'right'>,
  records: readonly Located[],
  identities: readonly Identity[],
): boolean {
  return records.length > 0 || right === 'opt_out' || right === 'limit' || identities.some(({via}) => via !== 'given')
}

interface Located {
  readonly record: PersonalRecord
  readonly place: Place
}

/** What the subject is called in records that are about them alone. */
function namesOf(records: readonly Located[], {identities}: Subject): string[] {
  const sure = records.filter(({record}) => !isSharedAlone(record))
  return [...new Set(sure.flatMap(({record, place}) => namesIn(record, place.declaration, identities)))]
}

/** What was given stays among the identities, so that the places can be asked again. */
function withGiven(given: readonly Identity[], {identities}: Subject): readonly Identity[] {
  const resolved = new Set(identities.map(({kind, value}) => `${kind}\0${value}`))
  return [...identities, ...given.filter(({kind, value}) => !resolved.has(`${kind}\0${value}`))]
}

/** Counts what was found, place by place; a place where nothing is counts too, as it was looked into. */
class PlaceTally {
  readonly #places = new Map<string, PlaceResult>()

  constructor(places: readonly Place[], only: readonly string[] | undefined) {
    for (const {declaration} of places) {
      const place = placeName(declaration)
      if (declaration.personal === undefined || isOfRequests(place)) continue
      if (only !== undefined && !only.includes(place)) continue
      this.#places.set(place, emptyResult(place))
    }
  }

  found({place, decision, reason}: Omit<Item, 'seq'>): void {
    const before = this.#places.get(place) ?? emptyResult(place)
    const kept = decision === 'keep' && reason !== null ? 1 : 0
    this.#places.set(place, {...before, found: before.found + 1, kept: before.kept + kept})
  }

  unreachable(place: string, message: string): void {
    const before = this.#places.get(place) ?? emptyResult(place)
    this.#places.set(place, {...before, state: 'unreachable', message})
  }

  results(): PlaceResult[] {
    return [...this.#places.values()]
  }
}

function emptyResult(place: string): PlaceResult {
  return {place, state: 'found', found: 0, changed: 0, kept: 0, verified: false, message: null}
}
