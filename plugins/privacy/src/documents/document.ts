/** The languages that documents are written in. */
export const languages = ['en', 'sl'] as const
export type Language = (typeof languages)[number]

/** A piece of a document. */
export type Block =
  | {readonly kind: 'heading'; readonly level: 2 | 3; readonly text: string}
  | {readonly kind: 'paragraph'; readonly text: string}
  | {readonly kind: 'list'; readonly items: readonly string[]}
  /** What something is called, and what it is. */
  | {readonly kind: 'facts'; readonly facts: readonly Fact[]}

export interface Fact {
  readonly label: string
  /** Several where it is a list. */
  readonly values: readonly string[]
}

/** A document before it has a form. */
export interface TextDocument {
  readonly title: string
  readonly language: Language
  /** ISO 8601, `YYYY-MM-DD`: what it is dated. */
  readonly date: string
  readonly blocks: readonly Block[]
}

/** A document as plain text, for a message or a terminal. */
export function textOf({title, blocks}: TextDocument): string {
  return [title, ...blocks.map(blockText)].join('\n\n') + '\n'
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'list':
      return block.items.map(item => `- ${item}`).join('\n')
    case 'facts':
      return block.facts.map(({label, values}) => `${label}: ${values.join('; ')}`).join('\n')
    default:
      return block.text
  }
}
