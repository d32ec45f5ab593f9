import type {Block, MetadataValue, Page} from '../documents/document.ts'

/** What a loader makes of a file's content: everything of a `LoadedDocument` that does not come from outside. */
export interface ParsedText {
  readonly text: string
  readonly blocks: readonly Block[]
  readonly title?: string
  readonly pages?: readonly Page[]
  readonly metadata?: Readonly<Record<string, MetadataValue>>
}
