import type {Block, MetadataValue, Page} from '../documents/document.ts'

/** A file within a file, such as the attachment of a message. */
export interface EmbeddedFile {
  readonly name: string
  readonly mediaType?: string
  readonly bytes: Uint8Array
}

/** What a loader makes of a file's content: everything of a `LoadedDocument` that does not come from outside. */
export interface ParsedText {
  readonly text: string
  readonly blocks: readonly Block[]
  readonly title?: string
  readonly pages?: readonly Page[]
  readonly metadata?: Readonly<Record<string, MetadataValue>>
  /** Files that it holds, each a document of its own. */
  readonly embedded?: readonly EmbeddedFile[]
}
