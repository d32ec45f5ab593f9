import {type Context, invokeHere, NotConfiguredError} from '@omni-ops/core/operation'
import * as z from 'zod'
import type {LoadedDocument, MetadataValue} from './document.ts'
import {PersonalDataError} from './errors.ts'
import {LineIndex} from './line-index.ts'
import {type PersonalDataMode, personalDataModes} from './personal-data-modes.ts'

/** What was found is looked for by the operation `privacy.scan`, and this program has none. */
export class DetectorMissingError extends NotConfiguredError {
  override readonly code = 'rag_pii_detector_missing'
}

export interface Screened<Document> {
  readonly document: Document
  /** How many of each kind were found. */
  readonly found: Readonly<Record<string, number>>
}

/** As much of what `privacy.scan` answers as is used here. */
const Scan = z.object({spans: z.array(z.object({type: z.string(), start: z.int(), end: z.int()}))})

/** Below what one call of the detector takes. UTF-16 code units. */
const LONGEST_PIECE = 500_000
/** What the readers of sources write, by which they tell versions apart. */
const TECHNICAL = new Set(['etag', 'last_modified', 'git_commit', 'git_blob'])
/** Shorter values, such as an age, are too common to be hidden wherever they stand. */
const SHORTEST_VALUE = 4
/** A message names so many lines of each kind. */
const LINES_NAMED = 10

/**
 * The mode for a collection: the stricter one of what a caller asks for and of what the setting `rag.pii` says.
 * `flag,hr=block` is `block` for the collection `hr` and `flag` for all others.
 */
export function personalDataMode(
  collection: string,
  asked: PersonalDataMode | undefined,
  {settings}: Pick<Context, 'settings'>,
): PersonalDataMode {
  const policy = String(settings.get('rag.pii')).split(',')
  const own = policy.find(each => each.startsWith(`${collection}=`))?.slice(collection.length + 1)
  const set = (own ?? policy.find(each => !each.includes('=')) ?? 'off') as PersonalDataMode
  const strictness = (mode: PersonalDataMode): number => personalDataModes.indexOf(mode)
  return asked !== undefined && strictness(asked) > strictness(set) ? asked : set
}

/**
 * Screens a document in this process, wherever its collection is. Flagged and masked documents say in their metadata
 * how much was found (`pii.EMAIL_ADDRESS`: 2). What is masked is as long as before and has its line ends, so that every
 * offset, line and page stays where it is in the file. A document's name is not looked at.
 *
 * @throws PersonalDataError where such a document is refused, DetectorMissingError, CancelledError.
 */
export async function screenPersonalData<Document extends LoadedDocument>(
  document: Document,
  mode: PersonalDataMode,
  context: Context,
): Promise<Screened<Document>> {
  if (mode === 'off') return {document, found: {}}
  const spans = await detect(document.text, context)
  const told: Span[] = []
  const hidden = new Set(spans.map(({start, end}) => document.text.slice(start, end)))
  const mask = async (text: string): Promise<string> => {
    const known = hideValues(text, hidden)
    const own = await detect(known, context)
    told.push(...own)
    return hide(known, own)
  }
  const title = document.title === undefined ? undefined : await mask(document.title)
  const metadata: Record<string, MetadataValue> = {}
  for (const [key, value] of Object.entries(document.metadata)) {
    if (TECHNICAL.has(key) || typeof value === 'number' || typeof value === 'boolean') metadata[key] = value
    else metadata[key] = typeof value === 'string' ? await mask(value) : await Promise.all(value.map(mask))
  }
  const found = countsOf([...spans, ...told])
  if (Object.keys(found).length === 0) return {document, found}
  if (mode === 'block') throw refusal(document, spans, told)
  const counts = Object.fromEntries(Object.entries(found).map(([type, count]) => [`pii.${type}`, count]))
  if (mode === 'flag') return {document: {...document, metadata: {...document.metadata, ...counts}}, found}
  const text = hide(document.text, spans)
  return {
    document: {...document, text, ...(title === undefined ? {} : {title}), metadata: {...metadata, ...counts}},
    found,
  }
}

interface Span {
  readonly type: string
  readonly start: number
  readonly end: number
}

async function detect(text: string, context: Context): Promise<Span[]> {
  const scan = await context.registry.operation('privacy.scan')
  if (scan === undefined) {
    throw new DetectorMissingError('Documents are to be screened for personal data, and no plugin finds it', {
      hint: 'set rag.pii off, or use a program with the privacy commands',
    })
  }
  // The policy is the deployment's: it does not depend on what the caller may do.
  const {remote: _, ...here} = context
  const own: Context = {...here, operation: scan.id, principal: {id: 'rag.pii', kind: 'system', scopes: '*'}}
  const types = String(context.settings.get('rag.pii_types')).split(',')
  const found: Span[] = []
  for (const {start, piece} of piecesOf(text)) {
    const {spans} = Scan.parse(await invokeHere(scan, {text: piece, types}, own))
    for (const span of spans) found.push({type: span.type, start: start + span.start, end: start + span.end})
  }
  return found
}

/** A long text cut where lines or words end. */
function* piecesOf(text: string): Generator<{start: number; piece: string}> {
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + LONGEST_PIECE)
    if (end < text.length) {
      const cut = Math.max(text.lastIndexOf('\n', end - 1), start)
      const word = cut === start ? Math.max(text.lastIndexOf(' ', end - 1), start) : cut
      if (word > start) end = word + 1
    }
    yield {start, piece: text.slice(start, end)}
    start = end
  }
}

/** Every UTF-16 code unit of the spans but line ends as a block: nothing moves. */
function hide(text: string, spans: readonly Span[]): string {
  let hidden = ''
  let at = 0
  for (const {start, end} of spans) {
    hidden += text.slice(at, start) + text.slice(start, end).replace(NOT_LINE_END, '█')
    at = end
  }
  return hidden + text.slice(at)
}

const NOT_LINE_END = /[^\r\n]/g

/** What was found in the text is hidden where it is repeated, also without the words that made it known there. */
function hideValues(text: string, values: ReadonlySet<string>): string {
  let hidden = text
  for (const value of values) {
    if (value.length >= SHORTEST_VALUE) hidden = hidden.replaceAll(value, '█'.repeat(value.length))
  }
  return hidden
}

function countsOf(spans: readonly Span[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const {type} of spans) counts[type] = (counts[type] ?? 0) + 1
  return counts
}

/** Names kinds and lines, never values. */
function refusal({source, text}: LoadedDocument, spans: readonly Span[], beside: readonly Span[]): PersonalDataError {
  const lines = new LineIndex(text)
  const byType = Map.groupBy(spans, ({type}) => type)
  const places = [...byType].map(([type, own]) => {
    const numbers = [...new Set(own.map(({start}) => lines.lineAt(start)))]
    const more = numbers.length > LINES_NAMED ? ` and ${numbers.length - LINES_NAMED} more` : ''
    return `${type} (line ${numbers.slice(0, LINES_NAMED).join(', ')}${more})`
  })
  const elsewhere = [...new Set(beside.map(({type}) => type))].filter(type => !byType.has(type))
  const told = [...places, ...elsewhere.map(type => `${type} (title or metadata)`)]
  return new PersonalDataError(source, `holds personal data: ${told.join(', ')}`, {
    hint: 'take it out, or ingest with --pii mask',
  })
}
