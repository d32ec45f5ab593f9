import {hash} from 'node:crypto'
import type {LoadedDocument} from '../documents/document.ts'
import {EmptyDocumentError} from '../documents/errors.ts'
import {decodeText} from './encoding.ts'
import {type DetectedFormat, detectFormat} from './file-format.ts'
import {defaultLoadLimits, LoadBudget, type LoadLimits} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'
import {readSourceFile} from './read-file.ts'

export interface LoadOptions {
  /** How the user knows the document. */
  readonly source: string
  readonly limits?: Partial<LoadLimits>
  readonly signal?: AbortSignal
}

/** What is known of content before it is looked at. */
export interface ContentHint {
  /** A file name, for its extension. */
  readonly name?: string
  /** As a server or a caller gave it; may have a `charset` parameter. */
  readonly mediaType?: string
}

/** The SHA-256 of content, in lower-case hexadecimal, as `LoadedDocument.contentHash` has it. */
export function contentHash(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}

/**
 * Reads a file and takes it apart. Never blocks on what is no regular file.
 *
 * @throws DocumentError for what is wrong with this document, CancelledError if the signal is aborted.
 */
export async function loadFile(path: string | Buffer, options: LoadOptions): Promise<LoadedDocument> {
  const bytes = await readSourceFile(path, options)
  return loadBytes(bytes, {...options, hint: {name: options.source}})
}

/**
 * Takes content apart that is already read: from stdin, from an upload, from the network.
 *
 * @throws DocumentError for what is wrong with this document, CancelledError if the signal is aborted.
 */
export async function loadBytes(
  bytes: Uint8Array,
  options: LoadOptions & {readonly hint?: ContentHint},
): Promise<LoadedDocument> {
  const {source, signal} = options
  const budget = new LoadBudget(source, {...defaultLoadLimits, ...options.limits}, signal)
  budget.checkBytes(bytes.length)
  budget.check()
  if (bytes.length === 0) throw new EmptyDocumentError(source, 'is empty')
  const detected = detectFormat(bytes, source, options.hint)
  const parsed = await parse(bytes, detected, options.hint?.mediaType, budget)
  if (parsed.blocks.length === 0) throw new EmptyDocumentError(source, 'holds no text')
  return {
    source,
    ...(parsed.title === undefined ? {} : {title: parsed.title}),
    mediaType: detected.mediaType,
    text: parsed.text,
    blocks: parsed.blocks,
    ...(parsed.pages === undefined ? {} : {pages: parsed.pages}),
    contentHash: contentHash(bytes),
    bytes: bytes.length,
    metadata: parsed.metadata ?? {},
  }
}

/** What is extracted is loaded only when such a document comes; what is text itself needs nothing heavy. */
async function parse(
  bytes: Uint8Array,
  {format, mediaType}: DetectedFormat,
  given: string | undefined,
  budget: LoadBudget,
): Promise<ParsedText> {
  switch (format) {
    case 'pdf':
      return (await import('./pdf.ts')).parsePdf(bytes, budget)
    case 'docx':
      return (await import('./docx.ts')).parseDocx(bytes, budget)
    case 'html': {
      const {declaredCharset, parseHtml} = await import('./html.ts')
      const {text} = await decodeText(bytes, charsetOf(given) ?? declaredCharset(bytes))
      return parseHtml(text, budget)
    }
  }
  const {text} = await decodeText(bytes, charsetOf(given))
  budget.checkCharacters(text.length)
  return parseText(text, {format, mediaType}, budget)
}

/** Text that is already decoded, by the media type it has. */
export async function parseText(
  text: string,
  {format, mediaType}: DetectedFormat,
  budget: LoadBudget,
): Promise<ParsedText> {
  switch (format) {
    case 'markdown':
      return (await import('./markdown.ts')).parseMarkdown(text)
    case 'html':
      return (await import('./html.ts')).parseHtml(text, budget)
    case 'csv':
      return (await import('./delimited.ts')).parseDelimited(text, mediaType, budget)
    case 'json':
      return (await import('./json.ts')).parseJson(text)
    case 'jsonl':
      return (await import('./json.ts')).parseJsonLines(text)
    case 'code':
      return (await import('./source-code.ts')).parseSourceCode(text)
    default:
      return (await import('./plain-text.ts')).parsePlainText(text)
  }
}

function charsetOf(mediaType: string | undefined): string | undefined {
  return mediaType === undefined ? undefined : /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(mediaType)?.[1]
}
