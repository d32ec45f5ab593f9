import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Analyser} from '../../src/analysis/analyser.ts'
import type {Findings} from '../../src/answers/extract-answer.ts'
import {chunkDocument} from '../../src/chunking/chunker.ts'
import {findIn} from '../../src/collection/findings.ts'
import type {LoadedDocument} from '../../src/documents/document.ts'
import {ChunkIndex} from '../../src/index/chunk-index.ts'
import {LanceDbStore} from '../../src/stores/lancedb/lancedb-store.ts'
import {parseMarkdown} from '../../src/loaders/markdown.ts'

/** Markdown documents in a real index, in a directory of their own. */
export class IndexedDocuments {
  readonly analyser = new Analyser()
  readonly index: ChunkIndex
  /** The text of each document, by its source. */
  readonly texts: ReadonlyMap<string, string>
  readonly #directory: string

  private constructor(directory: string, texts: ReadonlyMap<string, string>) {
    this.#directory = directory
    this.texts = texts
    this.index = new ChunkIndex({store: new LanceDbStore({directory, collection: 'docs'}), analyser: this.analyser})
  }

  static async of(files: Readonly<Record<string, string>>): Promise<IndexedDocuments> {
    const directory = await mkdtemp(join(tmpdir(), 'omni-answers-'))
    const made = new IndexedDocuments(directory, new Map(Object.entries(files)))
    const documents = await Promise.all(Object.entries(files).map(([source, text]) => load(source, text)))
    await made.index.replaceDocuments(
      documents.map(document => ({
        documentId: document.source,
        source: document.source,
        metadata: {},
        chunks: chunkDocument(document),
      })),
    )
    return made
  }

  find(question: string, limit = 10): Promise<Findings> {
    return findIn(this.index, this.analyser, question, {limit})
  }

  async close(): Promise<void> {
    await this.index.close()
    await rm(this.#directory, {recursive: true, force: true})
  }
}

async function load(source: string, text: string): Promise<LoadedDocument> {
  const parsed = await parseMarkdown(text)
  return {source, mediaType: 'text/markdown', contentHash: '', bytes: text.length, metadata: {}, ...parsed}
}
