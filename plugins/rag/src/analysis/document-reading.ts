import type {Analyser} from './analyser.ts'

/** A document as it is read for the index. Plain data: it may go to another thread. */
export interface ReadableDocument {
  /** ISO 639-1; told from the sample where it is not given. */
  readonly language?: string
  readonly sample: string
  /** Of each passage what is searched beside it (title, headings, table header), and its text. */
  readonly passages: readonly {readonly context: string; readonly body: string}[]
}

/** What the index holds of a passage: terms and grams joined by spaces, those of the context first. */
export interface PassageTerms {
  readonly terms: string
  readonly grams: string
  readonly termCount: number
  readonly contextTermCount: number
}

export interface ReadDocument {
  readonly language: string
  readonly passages: readonly PassageTerms[]
}

/** Reads documents, in this thread or another; the answers are in the order of the documents. */
export type ReadDocuments = (documents: readonly ReadableDocument[]) => Promise<ReadDocument[]>

/** Reads documents with an analyser, in this thread. */
export async function readDocuments(
  analyser: Analyser,
  documents: readonly ReadableDocument[],
): Promise<ReadDocument[]> {
  const read: ReadDocument[] = []
  for (const document of documents) {
    const language = document.language ?? (await analyser.detect(document.sample))
    await analyser.prepare([language])
    read.push({
      language,
      passages: document.passages.map(passage => {
        const context = analyser.analyseJoined(passage.context, language)
        const body = analyser.analyseJoined(passage.body, language)
        return {
          terms: joined(context.terms, body.terms),
          grams: joined(context.grams, body.grams),
          termCount: context.termCount + body.termCount,
          contextTermCount: context.termCount,
        }
      }),
    })
  }
  return read
}

function joined(one: string, other: string): string {
  return one === '' ? other : other === '' ? one : `${one} ${other}`
}
