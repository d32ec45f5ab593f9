/** A structural piece of a document's text, in order and without overlap; what lies between blocks is white space. */
export interface Block {
  readonly kind: 'heading' | 'paragraph' | 'list' | 'code' | 'table' | 'row'
  /** UTF-16 offsets into `LoadedDocument.text`: start inclusive, end exclusive. */
  readonly start: number
  readonly end: number
  /** Headings only: 1 is the outermost, 6 the innermost. */
  readonly level?: number
  /** Rows only: this row names the columns of the rows that follow it. */
  readonly header?: boolean
}

/** A page of a paged document, as UTF-16 offsets into its text. Numbers begin at 1, as a reader counts. */
export interface Page {
  readonly number: number
  readonly start: number
  readonly end: number
}

/**
 * A document after its loader: plain text with its structure, ready to be cut into chunks. Offsets, pages and lines
 * of everything that follows refer to `text`. For formats that are text themselves (Markdown, source code, CSV…)
 * `text` is the file's own content, so that its lines are the file's lines; otherwise it is the text extracted.
 */
export interface LoadedDocument {
  /** How the user knows it: a path relative to where the ingest began, with `/`, or a URL; or `-` for stdin. */
  readonly source: string
  readonly title?: string
  /** An IANA media type, such as `text/markdown`. */
  readonly mediaType: string
  readonly text: string
  readonly blocks: readonly Block[]
  readonly pages?: readonly Page[]
  /** SHA-256 of the raw bytes, lower-case hexadecimal. */
  readonly contentHash: string
  /** Size of the raw content in bytes. */
  readonly bytes: number
  /** From the file itself (front matter, document properties) and from `--metadata`. */
  readonly metadata: Readonly<Record<string, MetadataValue>>
}

export type MetadataValue = string | number | boolean | readonly string[]
