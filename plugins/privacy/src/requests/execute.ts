import type {Context} from '@omni-ops/core/operation'
import {
  type Decisions,
  isKept,
  isUnreachable,
  type KeepReason,
  PersonalDataMap,
  placeName,
  recordId,
  type StoreReceipt,
  type Subject,
} from '@omni-ops/core/privacy'
import type {Unit} from '@omni-ops/core/store'
import {limitsOf, placeLimits} from '../limits/limits.ts'
import {announceNotices, listNotices, writeNotices} from '../recipients/notices.ts'
import {isOfRequests, isSharedAlone} from './decide.ts'
import type {Item, RequestBook} from './request-book.ts'
import type {PlaceResult, SubjectRequest} from './request.ts'
import {measureOf} from './right.ts'

const itemsPerPage = 500

/**
 * Carries out what was decided. May be interrupted at any point and run again: what is done is found done. Moves the request to
 * notifying; a place that could not be changed keeps it executing.
 * @throws RequestStateError where the request is not executing
 */
export async function execute(id: string, book: RequestBook, context: Context): Promise<SubjectRequest> {
  const request = await book.get(id)
  const identities = await book.identities(id)
  const subject: Subject = {identities, review: []}
  await writeNotices(request, {identities, places: await book.places(id)}, context)
  switch (measureOf(request.right)) {
    case 'disclose':
      return finish(request, book, {unreachable: 0}, context)
    case 'limit':
      return limit(request, subject, book, context)
    case 'rectify':
      return rectify(request, book, context)
    case 'erase':
      return erase(request, subject, book, context)
  }
}

async function limit(
  request: SubjectRequest,
  {identities}: Subject,
  book: RequestBook,
  context: Context,
): Promise<SubjectRequest> {
  const {kind, purposes} = limitsOf(request.right, request.instructions.purposes ?? [])
  return finish(request, book, {unreachable: 0}, context, unit =>
    placeLimits({kind, purposes, identities, request: request.id}, unit, context),
  )
}

async function rectify(request: SubjectRequest, book: RequestBook, context: Context): Promise<SubjectRequest> {
  const map = await PersonalDataMap.open(context)
  const known = new Map((await book.places(request.id)).map(result => [result.place, result]))
  let failed = 0
  for (const {place, key, field, value} of request.instructions.changes ?? []) {
    const receipt = await map.rectify({place, key, field, value})
    if (receipt.state !== 'done') failed += 1
    const before = known.get(place)
    const result: PlaceResult = {
      place,
      state: receipt.state,
      found: before?.found ?? receipt.found,
      changed: (before?.changed ?? 0) + receipt.erased,
      kept: 0,
      verified: receipt.verified,
      message: receipt.message ?? null,
    }
    known.set(place, result)
  }
  return finish(request, book, {unreachable: failed}, context, unit =>
    book.writePlaces(unit, request.id, [...known.values()]),
  )
}

async function erase(
  request: SubjectRequest,
  subject: Subject,
  book: RequestBook,
  context: Context,
): Promise<SubjectRequest> {
  const map = await PersonalDataMap.open(context)
  const decided = await decisionsOf(request.id, book)
  const planned = new Map((await book.places(request.id)).map(result => [result.place, result]))
  let unfinished = 0
  for await (const receipt of map.erase(subject, decided.decisions)) {
    const place = placeName(receipt)
    if (isOfRequests(place)) continue
    const result = afterErasing(receipt, planned.get(place))
    if (result.state !== 'done') unfinished += 1
    planned.set(place, result)
  }
  const again = await foundAgain(subject, decided, map)
  for (const [place, message] of again) {
    const before = planned.get(place)
    if (before === undefined) continue
    planned.set(place, {...before, state: 'failed', verified: false, message})
  }
  return finish(request, book, {unreachable: Math.max(unfinished, again.size)}, context, unit =>
    book.writePlaces(unit, request.id, [...planned.values()]),
  )
}

interface Decided {
  readonly decisions: Decisions
  readonly kept: ReadonlySet<string>
}

async function decisionsOf(id: string, book: RequestBook): Promise<Decided> {
  const keep = new Map<string, KeepReason>()
  const include = new Set<string>()
  for await (const item of allItems(id, book)) {
    const record = recordOf(item)
    if (item.decision === 'keep') {
      keep.set(record, {reason: item.reason ?? 'kept', ...(item.citation === null ? {} : {citation: item.citation})})
    } else {
      include.add(record)
    }
  }
  return {decisions: {keep, include}, kept: new Set(keep.keys())}
}

async function* allItems(id: string, book: RequestBook): AsyncGenerator<Item> {
  for (let after = 0; ;) {
    const page = await book.items(id, {after, limit: itemsPerPage})
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < itemsPerPage) return
    after = last.seq
  }
}

function recordOf({place, key}: Item): string {
  const [store = '', ...table] = place.split(' ')
  return recordId({store: store as StoreReceipt['store'], table: table.join(' '), key})
}

/** What was planned counts: after an interruption, the place no longer has what was erased before it. */
function afterErasing(receipt: StoreReceipt, planned: PlaceResult | undefined): PlaceResult {
  const found = Math.max(planned?.found ?? 0, receipt.found)
  const kept = receipt.found - receipt.erased
  return {
    place: placeName(receipt),
    state: receipt.state,
    found,
    changed: receipt.state === 'done' ? found - kept : receipt.erased,
    kept,
    verified: receipt.verified,
    message: receipt.message ?? null,
  }
}

/** What came back while it was being erased, by its place: an ingest may have raced the erasure. */
async function foundAgain(
  subject: Subject,
  {kept, decisions}: Decided,
  map: PersonalDataMap,
): Promise<ReadonlyMap<string, string>> {
  const again = new Map<string, string>()
  for await (const found of map.locate(subject)) {
    if (isUnreachable(found)) continue
    const place = placeName(found)
    if (isOfRequests(place) || kept.has(recordId(found))) continue
    if (isSharedAlone(found) && decisions.include?.has(recordId(found)) !== true) continue
    const terms = map.places.find(({declaration}) => placeName(declaration) === place)?.declaration.personal
    if (isKept(terms?.erasure)) continue
    again.set(place, 'something of the person came in while it was being erased')
  }
  return again
}

async function finish(
  request: SubjectRequest,
  book: RequestBook,
  {unreachable}: {readonly unreachable: number},
  context: Context,
  alongside: (unit: Unit) => Promise<void> = async () => {},
): Promise<SubjectRequest> {
  const notices = await listNotices({request: request.id, state: 'pending'}, context)
  const {kept} = request
  return book.step(
    request.id,
    {type: 'executed', unreachable, kept},
    {
      step: unreachable > 0 ? 'executed_in_part' : 'executed',
      details: {unreachable, kept, notices: notices.length},
      alongside: async (unit, moved) => {
        await alongside(unit)
        if (moved.state === 'notifying') await announceNotices(notices, unit)
      },
    },
  )
}
