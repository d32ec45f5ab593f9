import {CorruptDocumentError} from '../documents/errors.ts'
import {decodeText} from './encoding.ts'
import type {LoadBudget} from './limits.ts'
import type {ZipArchive} from './zip-archive.ts'

/** What happens while an XML document is read, in its order. Names are those of the document, with their prefixes. */
export interface XmlVisitor {
  open(name: string, attributes: Readonly<Record<string, string>>): void
  close?(name: string): void
  text?(text: string): void
}

/** htmlparser2 searches its stack for every end tag: a bound on its depth keeps that linear. */
const DEEPEST_NESTING = 1000
/** The parser gets the text in parts, so that time and cancelling are looked at between them. */
const PART = 65_536

/**
 * Reads an XML document as events. Entities that the document declares itself are not expanded, so that none can grow.
 *
 * @param part What is read, for errors.
 * @throws CorruptDocumentError for elements that are not closed or nested too deep, and what the budget throws.
 */
export async function readXml(text: string, part: string, budget: LoadBudget, visitor: XmlVisitor): Promise<void> {
  const {Parser} = await import('htmlparser2')
  let depth = 0
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (++depth > DEEPEST_NESTING) {
          throw new CorruptDocumentError(
            budget.source,
            `the elements of its part ${part} are nested more than ${DEEPEST_NESTING} deep`,
          )
        }
        visitor.open(name, attributes)
      },
      onclosetag(name) {
        depth--
        visitor.close?.(name)
      },
      ontext(content) {
        visitor.text?.(content)
      },
    },
    {xmlMode: true, decodeEntities: true},
  )
  for (let start = 0; start < text.length; start += PART) {
    budget.check()
    parser.write(text.slice(start, start + PART))
  }
  if (depth > 0) throw new CorruptDocumentError(budget.source, `its part ${part} is cut off`)
  parser.end()
}

/** Reads a part of an archive as `readXml` does. @throws what reading and unpacking it throws. */
export async function readXmlPart(
  archive: ZipArchive,
  part: string,
  budget: LoadBudget,
  visitor: XmlVisitor,
): Promise<void> {
  const {text} = await decodeText(archive.read(part))
  await readXml(text, part, budget, visitor)
}

/** Where a relationship of an Office document leads (ECMA-376-2, 9.3). */
export interface Relationship {
  /** The last part of its type, such as `slide`. */
  readonly type: string
  /** A part of the archive. */
  readonly target: string
}

/** The relationships of a part by their ids, but for those that lead out of the archive; none where it names none. */
export async function relationshipsOf(
  archive: ZipArchive,
  part: string,
  budget: LoadBudget,
): Promise<ReadonlyMap<string, Relationship>> {
  const slash = part.lastIndexOf('/')
  const file = `${part.slice(0, slash + 1)}_rels/${part.slice(slash + 1)}.rels`
  const relationships = new Map<string, Relationship>()
  if (!archive.has(file)) return relationships
  await readXmlPart(archive, file, budget, {
    open(name, {Id, Type, Target, TargetMode}) {
      if (localName(name) !== 'Relationship' || !Id || !Target || TargetMode === 'External') return
      relationships.set(Id, {type: Type?.split('/').at(-1) ?? '', target: partAt(part, Target)})
    },
  })
  return relationships
}

/** The part of an archive that a reference in another part leads to, which may be percent-encoded. */
export function partAt(from: string, reference: string): string {
  const path = new URL(reference, `file:///${from}`).pathname.slice(1)
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** A name without its prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** The title and the author of an Office document (ECMA-376-2, 11). */
export async function coreProperties(
  archive: ZipArchive,
  budget: LoadBudget,
): Promise<{title?: string; metadata: Record<string, string>}> {
  const part = 'docProps/core.xml'
  if (!archive.has(part)) return {metadata: {}}
  return propertiesIn(archive, part, budget)
}

const PROPERTIES = new Map([
  ['title', 'title'],
  ['creator', 'author'],
  ['initial-creator', 'author'],
  ['subject', 'subject'],
  ['description', 'description'],
  ['keywords', 'keywords'],
  ['language', 'language'],
])
const LONGEST_PROPERTY = 1000

/** What a part says of its document in elements of Dublin Core and of Office formats. */
export async function propertiesIn(
  archive: ZipArchive,
  part: string,
  budget: LoadBudget,
): Promise<{title?: string; metadata: Record<string, string>}> {
  const found: Record<string, string> = {}
  let property: string | undefined
  let value = ''
  await readXmlPart(archive, part, budget, {
    open(name) {
      property = PROPERTIES.get(localName(name))
      value = ''
    },
    text(text) {
      value += text
    },
    close() {
      const trimmed = value.trim().slice(0, LONGEST_PROPERTY).toWellFormed()
      if (property !== undefined && trimmed !== '') found[property] ??= trimmed
      property = undefined
    },
  })
  const {title, ...metadata} = found
  return title === undefined ? {metadata} : {title, metadata}
}
