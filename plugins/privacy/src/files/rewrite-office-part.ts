import type {EntityType} from '../detect/entity.ts'
import type {EditsOf, TextEdit} from '../mask/text-edits.ts'
import {escaped, localName, officePart, type Run, type Tag} from './office-xml.ts'

/** What a part becomes where, as it stands in the file. */
interface Splice {
  readonly start: number
  readonly end: number
  readonly with: string
}

export interface RewritePartOptions {
  /** How messages call the document. */
  readonly name: string
  readonly editsOf: EditsOf
  readonly replaced: (type: EntityType) => void
}

/** Attributes in which somebody's words stand, or who somebody is (ECMA-376-1, 17.13 and 20.4.2.5). */
const wordAttributes = new Set(['descr', 'title', 'tooltip', 'displayText', 'instr'])
const personAttributes = new Set(['author', 'userId'])

/** Properties that are somebody, whatever they say (ECMA-376-2, 11.1, and ECMA-376-1, 22.2). */
const wholeFields: Readonly<Record<string, EntityType>> = {
  creator: 'PERSON',
  lastModifiedBy: 'PERSON',
  Manager: 'PERSON',
  Company: 'ORGANIZATION',
}
/** Dates of a type that a placeholder would break (ECMA-376-2, 11.1, and ECMA-376-1, 22.4), and the formulas and formats of a chart. */
const typed = new Set(['created', 'modified', 'lastPrinted', 'date', 'filetime', 'f', 'formatCode'])
const plainNumber = /^[\s\d.,:-]*$/

/** Elements whose `val` is somebody's words (ECMA-376-1, 17.15.1.34, 17.5.2 and 17.4). */
const wordElements = new Set(['docVar', 'alias', 'tag', 'tblCaption', 'tblDescription'])

/** A part with what is to be replaced in it replaced: in text across the borders of runs, in attributes, in targets of links and in leaves. */
export async function rewriteOfficePart(xml: string, options: RewritePartOptions): Promise<string> {
  const {paragraphs, leaves, tags} = officePart(xml, options.name)
  const splices: Splice[] = []
  for (const runs of paragraphs) splices.push(...(await paragraphSplices(runs, options)))
  for (const {text, content, element, field} of leaves) {
    if (typed.has(element) || plainNumber.test(text)) continue
    const edited = await edit(text, field, options, wholeFields[field])
    if (edited !== undefined) splices.push({...content, with: escaped(edited)})
  }
  for (const tag of tags) {
    const rewritten = await tagSplice(tag, options)
    if (rewritten) splices.push(rewritten)
  }
  return spliced(xml, splices)
}

async function edit(
  text: string,
  field: string,
  {editsOf, replaced}: RewritePartOptions,
  whole?: EntityType,
): Promise<string | undefined> {
  if (text.trim() === '') return undefined
  const edits = await editsOf(text, field, whole)
  if (edits.length === 0) return undefined
  for (const {type} of edits) replaced(type)
  return spliced(
    text,
    edits.map(({start, end, replacement}) => ({start, end, with: replacement})),
  )
}

/**
 * A paragraph is looked at as it reads now, as it read before tracked changes, and with all that is in it, for a name may stand in any of
 * these alone. What an earlier look has replaced, a later one leaves.
 */
async function paragraphSplices(runs: readonly Run[], options: RewritePartOptions): Promise<readonly Splice[]> {
  const isPlain = runs.every(run => run.change === 'none' && !run.isCode)
  const current = runs.filter(run => run.change !== 'deleted' && !run.isCode)
  const former = runs.filter(run => run.change !== 'inserted' && !run.isCode)
  const views = isPlain ? [runs] : [current, former, runs]
  const edits = new Map<Run, TextEdit[]>()
  for (const view of views) {
    const text = view.map(run => run.text).join('')
    if (text.trim() === '') continue
    for (const each of await options.editsOf(text, '')) {
      if (placeEdit(each, view, edits)) options.replaced(each.type)
    }
  }
  const splices: Splice[] = []
  for (const [{text, content, space}, ofRun] of edits) {
    if (content === undefined) continue
    const sorted = ofRun.toSorted((a, b) => a.start - b.start)
    const rewritten = spliced(
      text,
      sorted.map(({start, end, replacement}) => ({start, end, with: replacement})),
    )
    splices.push({...content, with: escaped(rewritten)})
    if (space !== undefined && rewritten !== rewritten.trim()) {
      splices.push({start: space, end: space, with: ' xml:space="preserve"'})
    }
  }
  return splices
}

/** Puts an edit into the runs it stands in: the replacement into the first, and nothing into the others. Returns whether anything was left to replace. */
function placeEdit(
  {start, end, type, replacement}: TextEdit,
  view: readonly Run[],
  edits: Map<Run, TextEdit[]>,
): boolean {
  let at = 0
  let placed = false
  for (const run of view) {
    const from = Math.max(start - at, 0)
    const to = Math.min(end - at, run.text.length)
    at += run.text.length
    if (from >= to || run.content === undefined) continue
    const known = edits.get(run) ?? []
    for (const free of uncovered(from, to, known)) {
      if (placed || /[\p{L}\p{N}]/u.test(run.text.slice(free.start, free.end))) {
        known.push({...free, type, replacement: placed ? '' : replacement})
        placed = true
      }
    }
    edits.set(run, known)
  }
  return placed
}

/** What of a stretch no edit covers. */
function uncovered(start: number, end: number, edits: readonly TextEdit[]): {start: number; end: number}[] {
  const free: {start: number; end: number}[] = []
  let from = start
  for (const each of edits.toSorted((a, b) => a.start - b.start)) {
    if (each.end <= from || each.start >= end) continue
    if (each.start > from) free.push({start: from, end: each.start})
    from = Math.max(from, each.end)
  }
  if (from < end) free.push({start: from, end})
  return free
}

async function tagSplice(tag: Tag, options: RewritePartOptions): Promise<Splice | undefined> {
  const changed: Record<string, string> = {}
  for (const [name, value] of Object.entries(tag.attributes)) {
    const local = localName(name)
    const isWord = wordAttributes.has(local) || (local === 'val' && wordElements.has(localName(tag.name)))
    const edited = personAttributes.has(local)
      ? await edit(value, 'author', options, 'PERSON')
      : isWord
        ? await edit(value, '', options)
        : isLink(tag, local)
          ? await editedTarget(value, options)
          : undefined
    if (edited === undefined) continue
    changed[name] = edited
    // Initials say half of the name.
    const initials = Object.keys(tag.attributes).find(each => localName(each) === 'initials')
    if (local === 'author' && initials !== undefined) changed[initials] = ''
  }
  if (Object.keys(changed).length === 0) return undefined
  const attributes = Object.entries({...tag.attributes, ...changed})
  const written = attributes.map(([name, value]) => ` ${name}="${escaped(value)}"`).join('')
  return {...tag.place, with: `<${tag.name}${written}${tag.closesItself ? '/' : ''}>`}
}

function isLink(tag: Tag, attribute: string): boolean {
  return attribute === 'Target' && tag.name === 'Relationship' && tag.attributes['TargetMode'] === 'External'
}

/** A target stays a URI (ECMA-376-2, 9.3): what replaces something in it is percent-encoded. */
async function editedTarget(target: string, options: RewritePartOptions): Promise<string | undefined> {
  const scheme = /^(?:mailto|tel):/i.exec(target)?.[0] ?? ''
  const edited = await edit(decoded(target.slice(scheme.length)), '', options)
  return edited === undefined ? undefined : scheme + encodeURI(edited)
}

function decoded(uri: string): string {
  try {
    return decodeURI(uri).replaceAll(/%40/g, '@')
  } catch {
    return uri
  }
}

function spliced(text: string, splices: readonly Splice[]): string {
  const pieces: string[] = []
  let copiedTo = 0
  for (const each of splices.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    pieces.push(text.slice(copiedTo, each.start), each.with)
    copiedTo = each.end
  }
  pieces.push(text.slice(copiedTo))
  return pieces.join('')
}
