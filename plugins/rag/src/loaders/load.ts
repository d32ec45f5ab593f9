import {hash} from 'node:crypto'
import type {ReadableContent, TextSegment} from '@omni-ops/core/reading'
import type {LoadedDocument} from '../documents/document.ts'
import {
  BinaryFileError,
  DocumentError,
  DocumentTooLargeError,
  EmptyDocumentError,
  UnsupportedFormatError,
} from '../documents/errors.ts'
import {storableText} from '../documents/storable-text.ts'
import {decodeText} from './encoding.ts'
import {type DetectedFormat, detectFormat} from './file-format.ts'
import {defaultLoadLimits, LoadBudget, type LoadLimits} from './limits.ts'
import type {EmbeddedFile, ParsedText} from './parsed-text.ts'
import type {ThreadedFormat} from './parsing-worker.ts'
import {readSourceFile} from './read-file.ts'

export interface LoadOptions {
  /** How the user knows the document. */
  readonly source: string
  readonly limits?: Partial<LoadLimits>
  readonly signal?: AbortSignal
  /** Reads what has no text of its own; without it, pictures and scans are refused. */
  readonly readContent?: ReadContent
}

/** What loading takes, whatever is loaded. */
export type LoadSurroundings = Omit<LoadOptions, 'source'>

/**
 * Makes out the text of a picture, or of pages that are pictures, where something provides that.
 *
 * @throws DocumentError, CancelledError
 */
export type ReadContent = (content: ReadableContent) => Promise<readonly TextSegment[]>

/** What is known of content before it is looked at. */
export interface ContentHint {
  /** A file name, for its extension. */
  readonly name?: string
  /** As a server or a caller gave it; may have a `charset` parameter. */
  readonly mediaType?: string
  /** Where a page of the web came from: it is read without what stands around its content. */
  readonly url?: string
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
 * Takes content apart that is already read: from stdin, from an upload, from the network. What files it holds is left
 * aside; see `loadWithEmbedded`.
 *
 * @throws DocumentError for what is wrong with this document, CancelledError if the signal is aborted.
 */
export async function loadBytes(
  bytes: Uint8Array,
  options: LoadOptions & {readonly hint?: ContentHint},
): Promise<LoadedDocument> {
  return (await loadOne(bytes, options)).document
}

/** Messages in messages in messages: deeper than this, nobody reads. */
const DEEPEST_EMBEDDING = 8

/**
 * Takes content apart, and the files that it holds: the attachments of a message, the messages of a mailbox. Each
 * becomes a document of its own, known as `container!file`. The container itself comes last, so that whoever has it has
 * all of it. What is wrong with a file in it is yielded as an error, and the rest goes on.
 *
 * @throws DocumentError for what is wrong with the container itself, CancelledError if the signal is aborted.
 */
export async function* loadWithEmbedded(
  bytes: Uint8Array,
  options: LoadOptions & {readonly hint?: ContentHint},
  depth = 0,
): AsyncGenerator<LoadedDocument | DocumentError> {
  const {document, embedded} = await loadOne(bytes, options)
  const names = new Set<string>()
  for await (const file of embedded) yield* loadEmbedded(file, options, names, depth)
  yield document
}

/**
 * A file that another holds, and the files in it, as `loadWithEmbedded` yields them.
 *
 * @param names The names that other files of the same container have; this one's is added.
 * @throws CancelledError if the signal is aborted.
 */
export async function* loadEmbedded(
  file: EmbeddedFileFound,
  container: LoadOptions,
  names: Set<string>,
  depth: number,
): AsyncGenerator<LoadedDocument | DocumentError> {
  const name = uniqueName(file.name, names)
  const source = `${container.source}!${name}`
  const hint = {name, ...(file.mediaType === undefined ? {} : {mediaType: file.mediaType})}
  try {
    if (file.bytes === undefined) {
      throw new DocumentTooLargeError(source, 'is larger than the limit', {hint: 'raise rag.max_file_mb'})
    }
    if (depth >= DEEPEST_EMBEDDING) {
      throw new UnsupportedFormatError(source, `is more than ${DEEPEST_EMBEDDING} messages deep`)
    }
    yield* loadWithEmbedded(file.bytes, {...container, source, hint}, depth + 1)
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error
    yield error
  }
}

/** A file's name as a part of a source: one line, no separators, and no other file's. */
function uniqueName(name: string, taken: Set<string>): string {
  const clean =
    name
      .replace(/[\p{Cc}/\\!]+/gu, '_')
      .trim()
      .slice(0, 200)
      .toWellFormed() || 'attachment'
  const dot = clean.lastIndexOf('.')
  const [stem, extension] = dot > 0 ? [clean.slice(0, dot), clean.slice(dot)] : [clean, '']
  let unique = clean
  for (let number = 2; taken.has(unique); number++) unique = `${stem} (${number})${extension}`
  taken.add(unique)
  return unique
}

type Embedded = AsyncIterable<EmbeddedFileFound> | Iterable<EmbeddedFileFound>

/** Without bytes, it is too large to be read. */
type EmbeddedFileFound = Omit<EmbeddedFile, 'bytes'> & {readonly bytes: Uint8Array | undefined}

async function loadOne(
  bytes: Uint8Array,
  options: LoadOptions & {readonly hint?: ContentHint},
): Promise<{document: LoadedDocument; embedded: Embedded}> {
  const {source, signal} = options
  const budget = new LoadBudget(source, {...defaultLoadLimits, ...options.limits}, signal)
  budget.checkBytes(bytes.length)
  budget.check()
  if (bytes.length === 0) throw new EmptyDocumentError(source, 'is empty')
  const detected = detectFormat(bytes, source, options.hint)
  const parsed = await parse(bytes, detected, options, budget)
  if (parsed.blocks.length === 0) throw new EmptyDocumentError(source, 'holds no text')
  const document = {
    source,
    ...(parsed.title === undefined ? {} : {title: storableText(parsed.title)}),
    mediaType: detected.mediaType,
    text: storableText(parsed.text),
    blocks: parsed.blocks,
    ...(parsed.pages === undefined ? {} : {pages: parsed.pages}),
    contentHash: contentHash(bytes),
    bytes: bytes.length,
    metadata: parsed.metadata ?? {},
  }
  if (detected.format !== 'mailbox') return {document, embedded: parsed.embedded ?? []}
  const {mailboxFiles} = await import('./mailbox-files.ts')
  return {document, embedded: mailboxFiles(bytes, budget.limits.maxBytes)}
}

/** A larger PDF or DOCX is read in a thread that can be ended; for a smaller one, starting it would take longer than reading. */
const LARGEST_IN_THIS_THREAD = 1_000_000

/** What is extracted is loaded only when such a document comes; what is text itself needs nothing heavy. */
async function parse(
  bytes: Uint8Array,
  {format, mediaType}: DetectedFormat,
  {hint, readContent, signal}: LoadOptions & {readonly hint?: ContentHint},
  budget: LoadBudget,
): Promise<ParsedText> {
  const {source, limits} = budget
  const inThread = async (threaded: ThreadedFormat): Promise<ParsedText> =>
    (await import('./parsing-thread.ts')).parseInThread(threaded, bytes, {source, limits, signal})
  const isLarge = bytes.length > LARGEST_IN_THIS_THREAD
  switch (format) {
    case 'pdf':
      return withScannedPages(
        () => (isLarge ? inThread('pdf') : import('./pdf.ts').then(({parsePdf}) => parsePdf(bytes, budget))),
        {bytes, mediaType, source},
        readContent,
        () => new LoadBudget(source, limits, signal),
      )
    case 'picture': {
      if (readContent === undefined) {
        throw new BinaryFileError(budget.source, `is a ${mediaType.slice('image/'.length).toUpperCase()} image`, {
          hint: 'run it through text recognition (OCR) first',
        })
      }
      const {pagesFrom} = await import('./read-pages.ts')
      const segments = await readContent({bytes, mediaType, source})
      return pagesFrom(segments, new LoadBudget(source, limits, signal))
    }
    case 'recording': {
      if (readContent === undefined) throw await unheard(budget.source, mediaType)
      const {minutesFrom} = await import('./read-minutes.ts')
      const segments = await readContent({bytes, mediaType, source})
      return minutesFrom(segments, new LoadBudget(source, limits, signal))
    }
    case 'docx':
      return isLarge ? inThread('docx') : (await import('./docx.ts')).parseDocx(bytes, budget)
    case 'pptx':
      return (await import('./pptx.ts')).parsePptx(bytes, budget)
    case 'xlsx':
      return (await import('./xlsx.ts')).parseXlsx(bytes, budget)
    case 'odf':
      return (await import('./open-document.ts')).parseOpenDocument(bytes, budget)
    case 'epub':
      return (await import('./epub.ts')).parseEpub(bytes, budget)
    case 'rtf':
      return (await import('./rtf.ts')).parseRtf(bytes, budget)
    case 'mail':
      return (await import('./mail.ts')).parseMail(bytes, budget)
    case 'msg':
      return inThread('msg')
    case 'mailbox':
      return (await import('./mailbox-files.ts')).parseMailbox(bytes, budget)
    case 'html': {
      const {declaredCharset, parseHtml} = await import('./html.ts')
      const {text} = await decodeText(bytes, charsetOf(hint?.mediaType) ?? declaredCharset(bytes))
      if (hint?.url === undefined) return parseHtml(text, budget)
      return (await import('./web-page.ts')).parseWebPage(text, hint.url, budget)
    }
  }
  const {text} = await decodeText(bytes, charsetOf(hint?.mediaType))
  budget.checkCharacters(text.length)
  return parseText(text, {format, mediaType}, budget)
}

async function unheard(source: string, mediaType: string): Promise<BinaryFileError> {
  const {recordingName} = await import('./file-format.ts')
  return new BinaryFileError(source, `is ${recordingName(mediaType)}`, {
    hint: 'transcribe it first: omni audio transcribe',
  })
}

/**
 * A PDF whose pages without text are read as pictures, where something reads them; how long that takes is no sign of
 * harm, and not counted.
 */
async function withScannedPages(
  parse: () => Promise<ParsedText>,
  content: ReadableContent,
  readContent: ReadContent | undefined,
  budget: () => LoadBudget,
): Promise<ParsedText> {
  let parsed: ParsedText | undefined
  try {
    parsed = await parse()
  } catch (error) {
    if (!(error instanceof EmptyDocumentError) || readContent === undefined) throw error
  }
  const empty = parsed?.pages?.filter(({start, end}) => start === end).map(({number}) => number)
  if (parsed !== undefined && (readContent === undefined || empty === undefined || empty.length === 0)) return parsed
  const {pagesFrom, withPages} = await import('./read-pages.ts')
  const segments = await readContent!(empty === undefined ? content : {...content, pages: empty})
  return parsed === undefined ? pagesFrom(segments, budget()) : withPages(parsed, segments, budget())
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
