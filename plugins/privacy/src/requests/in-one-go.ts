import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import {type GivenIdentity, isUnreachable, PersonalDataMap, placeName} from '@omni-ops/core/privacy'
import {look} from './collect.ts'
import {isOfRequests} from './decide.ts'
import {countReasons, type KeptReason, keptOf} from './kept.ts'
import {openInOneGo, type OpenOptions} from './open.ts'
import {type Item, RequestBook} from './request-book.ts'
import type {Change, PlaceResult, SubjectRequest} from './request.ts'
import {run, type RunResult, type Waiting} from './run.ts'

/** What a request that is made and answered in one go came to. */
export interface OneGo {
  /** Undefined in a dry run. */
  readonly request: SubjectRequest | undefined
  readonly waiting: Waiting | undefined
  readonly places: readonly PlaceResult[]
  readonly kept: readonly KeptReason[]
  /** What a dry run found, record by record. */
  readonly records: readonly Omit<Item, 'seq'>[]
}

/** Opens a request, or takes up an interrupted one, and takes it as far as it goes. */
export async function answerInOneGo(options: OpenOptions, context: Context): Promise<OneGo> {
  const book = await RequestBook.open(context)
  const opened = await openInOneGo(options, book, context)
  return resultOf(await run(opened.id, {approve: true}, book, context), book)
}

/** What became of a request until now. */
export async function resultOf({request, waiting}: RunResult, book: RequestBook): Promise<OneGo> {
  const {receipt} = request
  const kept = receipt === null ? await keptOf(request.id, book) : receipt.receipt.kept
  return {request, waiting, places: await book.places(request.id), kept, records: []}
}

/** What a request would find and do. Nothing changes but the audit log, which says that somebody looked. */
export async function rehearse(
  {right, given, instructions}: Pick<OpenOptions, 'right' | 'given' | 'instructions'>,
  context: Context,
): Promise<OneGo> {
  const map = await PersonalDataMap.open(context)
  const {places, items} = await look({id: '', right, instructions}, await map.resolve(given), map, context)
  const audit = {action: 'request.rehearsed', resource: 'privacy-request', details: {right, found: items.length}}
  await (await context.store()).unit(context, {audit}, async () => {})
  tellMentions(items, context)
  return {request: undefined, waiting: undefined, places, kept: countReasons(items), records: items}
}

/** As many are named. */
const mostMentions = 20

/** What only mentions the person goes whole, with what it says of other things: whoever erases has to know. */
function tellMentions(items: OneGo['records'], {emit}: Pick<Context, 'emit'>): void {
  const mentions = items.filter(({match, decision}) => match === 'free-text' && decision === 'erase')
  const note = (message: string) => emit({type: 'note', level: 'warn', message})
  for (const {place, label, key} of mentions.slice(0, mostMentions)) {
    note(`${label ?? `The record ${key}`} (${place}) mentions the person and would be erased whole`)
  }
  const rest = mentions.length - mostMentions
  if (rest > 0) note(`So would ${rest} more; --json lists them`)
}

/** No record about the person has such a field, or none that can be corrected. */
export class NothingToCorrectError extends InvalidInputError {
  override readonly code = 'gdpr_nothing_to_correct'
}

/**
 * The corrections of a request, record by record: every record about the person that has the field; none where nobody of that
 * description is known. @throws NothingToCorrectError where they are known and nothing of theirs has such a field
 */
export async function changesFor(
  {
    given,
    corrections,
    place,
    record,
  }: {
    readonly given: readonly GivenIdentity[]
    readonly corrections: Readonly<Record<string, string>>
    readonly place?: string | undefined
    readonly record?: string | undefined
  },
  context: Context,
) {
  const map = await PersonalDataMap.open(context)
  const only = place === undefined ? {} : {places: [place]}
  const changes: Change[] = []
  let known = 0
  for await (const found of map.locate(await map.resolve(given), only)) {
    if (isUnreachable(found)) continue
    const at = placeName(found)
    if (isOfRequests(at)) continue
    known += 1
    if (found.match !== 'identity') continue
    if (record !== undefined && found.key !== record) continue
    const handled = map.places.find(({declaration}) => placeName(declaration) === at)
    if (handled === undefined || !handled.can.includes('rectify')) continue
    const {fields} = handled.declaration
    for (const [field, value] of Object.entries(corrections)) {
      const isPersonal = Object.hasOwn(fields, field) && fields[field] !== 'non-personal'
      if (isPersonal && Object.hasOwn(found.fields, field)) changes.push({place: at, key: found.key, field, value})
    }
  }
  if (known === 0 || changes.length > 0) return changes
  throw new NothingToCorrectError(
    `Nothing about the person has a field ${Object.keys(corrections).join(' or ')} to correct`,
    {
      hint: 'omni gdpr map shows the fields of each place; documents are corrected where they come from',
    },
  )
}
