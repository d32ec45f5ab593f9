import type {Page} from '../documents/document.ts'
import {CorruptDocumentError, EncryptedDocumentError} from '../documents/errors.ts'
import {decodeText} from './encoding.ts'
import {parseHtml} from './html.ts'
import {largestUnpackedOffice, type LoadBudget} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'
import {TextBuilder} from './text-builder.ts'
import {localName, partAt, propertiesIn, readXmlPart} from './xml.ts'
import {ZipArchive} from './zip-archive.ts'

const CONTAINER = 'META-INF/container.xml'
const ENCRYPTION = 'META-INF/encryption.xml'
/** Fonts may be scrambled (EPUB 3.3, 4.2.6.3.2; Adobe's older way), which does not touch the text. */
const FONT_SCRAMBLING = new Set(['http://www.idpf.org/2008/embedding', 'http://ns.adobe.com/pdf/enc#RC'])

/**
 * An EPUB book (W3C EPUB 3.3, and 2): its chapters in reading order, each read as HTML and a page of its own, counted
 * as the book's spine does. Title, author and language are those of its package document.
 *
 * @throws EncryptedDocumentError for a book with copy protection, CorruptDocumentError, DocumentTooLargeError, and what
 * the budget throws.
 */
export async function parseEpub(bytes: Uint8Array, budget: LoadBudget): Promise<ParsedText> {
  const archive = new ZipArchive(bytes, budget.source, largestUnpackedOffice)
  await refuseProtected(archive, budget)
  const packagePart = await packageDocument(archive, budget)
  const builder = new TextBuilder(budget)
  const pages: Page[] = []
  for (const part of await readingOrder(archive, packagePart, budget)) {
    const start = builder.nextStart
    const {text} = await decodeText(archive.read(part))
    builder.append(await parseHtml(text, budget))
    const hasText = builder.end > start
    pages.push({number: pages.length + 1, start: hasText ? start : builder.end, end: builder.end})
  }
  return {...builder.build(), pages, ...(await propertiesIn(archive, packagePart, budget))}
}

async function refuseProtected(archive: ZipArchive, budget: LoadBudget): Promise<void> {
  if (!archive.has(ENCRYPTION)) return
  await readXmlPart(archive, ENCRYPTION, budget, {
    open(name, {Algorithm}) {
      if (localName(name) !== 'EncryptionMethod' || FONT_SCRAMBLING.has(Algorithm ?? '')) return
      throw new EncryptedDocumentError(budget.source, 'has copy protection (DRM)')
    },
  })
}

async function packageDocument(archive: ZipArchive, budget: LoadBudget): Promise<string> {
  let part: string | undefined
  await readXmlPart(archive, CONTAINER, budget, {
    open(name, attributes) {
      if (localName(name) === 'rootfile') part ??= attributes['full-path']
    },
  })
  if (part === undefined) throw new CorruptDocumentError(budget.source, 'names no package document')
  return part
}

/** The parts with the chapters, in the order of the spine. */
async function readingOrder(archive: ZipArchive, packagePart: string, budget: LoadBudget): Promise<string[]> {
  const parts = new Map<string, string>()
  const spine: string[] = []
  await readXmlPart(archive, packagePart, budget, {
    open(name, {id, href, idref, 'media-type': mediaType}) {
      if (localName(name) === 'itemref' && idref) spine.push(idref)
      if (localName(name) !== 'item' || !id || !href || !/html/.test(mediaType ?? '')) return
      parts.set(id, partAt(packagePart, href))
    },
  })
  return spine.flatMap(id => parts.get(id) ?? [])
}
