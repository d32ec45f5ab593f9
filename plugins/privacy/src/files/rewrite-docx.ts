import {readFile, stat} from 'node:fs/promises'
import {writeWhole} from '@omni-ops/core/files'
import {CancelledError, type Context} from '@omni-ops/core/operation'
import type {EditsOf} from '../mask/text-edits.ts'
import {docxParts} from './docx-texts.ts'
import {UnreadableFileError} from './file-kind.ts'
import {rewriteOfficePart} from './rewrite-office-part.ts'
import {checkCopyTarget, type RewriteReport} from './rewrite-sqlite.ts'

export interface RewriteDocxOptions {
  /** Where the document is, and how messages call it. */
  readonly path: string
  readonly name: string
  /** Where the copy goes. */
  readonly out: string
  readonly editsOf: EditsOf
  /** What the progress says is being done. */
  readonly label: string
  /** Done before the copy is final. */
  readonly finishing?: () => Promise<void>
}

const largestDocument = 256 * 1024 * 1024

/** Parts with words; `[Content_Types].xml` names only parts, and a signature is over what was there before. */
const withWords = /^(?!\[Content_Types\]|_xmlsignatures\/).*\.(?:xml|rels)$/
/** Parts without anybody's words or picture: folders, embedded fonts, the list of types. */
const harmless = /\/$|^word\/fonts\/|^\[Content_Types\]\.xml$/

/** The first time that an archive can name (APPNOTE.TXT, 4.4.6): when a copy was made is no part of it. */
const archiveTime = new Date(1980, 0, 1)

/**
 * Writes a copy of a Word document with its texts rewritten, which appears whole or not at all and which its owner alone may read.
 * What holds no text that can be read, such as a picture, is told.
 *
 * @throws UnreadableFileError, CopyTargetError, CancelledError
 */
export async function rewriteDocx(options: RewriteDocxOptions, context: Context): Promise<RewriteReport> {
  const {path, name, out, editsOf, label} = options
  await checkCopyTarget(path, out)
  if ((await stat(path)).size > largestDocument) {
    throw new UnreadableFileError(`${name} is larger than ${largestDocument / 1024 / 1024} MB`)
  }
  const {zipSync} = await import('fflate')
  const parts = await docxParts(new Uint8Array(await readFile(path)), name, () => true)
  const counts: Record<string, number> = {}
  const unread: {source: string; reason: string}[] = []
  const replaced = (type: string) => {
    counts[type] = (counts[type] ?? 0) + 1
  }
  const written: Record<string, Uint8Array> = {}
  for (const [part, content] of Object.entries(parts)) {
    if (context.signal.aborted) throw new CancelledError()
    if (withWords.test(part)) {
      const xml = decodedPart(content, `${name}: ${part}`)
      const rewritten = await rewriteOfficePart(xml, {name, editsOf, replaced})
      written[part] = rewritten === xml ? content : new TextEncoder().encode(rewritten)
    } else {
      written[part] = content
      if (!harmless.test(part)) unread.push({source: name, reason: `${part} is copied as it stands`})
    }
    context.emit({type: 'progress', label, done: Object.keys(written).length, unit: 'parts'})
  }
  await writeWhole(out, zipSync(written, {mtime: archiveTime}), options.finishing)
  return {counts, unread}
}

/** Parts are UTF-8 or UTF-16 (ECMA-376-2, 8.1.2.1); Word writes UTF-8. Throws UnreadableFileError. */
function decodedPart(content: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(content)
  } catch (cause) {
    throw new UnreadableFileError(`${name} is no UTF-8`, {hint: 'open it in Word and save it again', cause})
  }
}
