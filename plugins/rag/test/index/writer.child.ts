/** A writer for tests of concurrency and crashes: `writer.child.ts DIRECTORY COLLECTION NAME DOCUMENTS`. */
import {Analyser} from '../../src/analysis/analyser.ts'
import {ChunkIndex} from '../../src/index/chunk-index.ts'
import {LanceDbStore} from '../../src/stores/lancedb/lancedb-store.ts'

const [directory, collection, name, documents] = process.argv.slice(2) as [string, string, string, string]
const index = new ChunkIndex({store: new LanceDbStore({directory, collection}), analyser: new Analyser()})
for (let number = 0; number < Number(documents); number++) {
  for (const documentId of [`${name}-${number}`, 'contested']) {
    const chunks = ['first part', 'second part', 'third part'].map((text, ordinal) => ({
      ordinal,
      text: `${text} of ${documentId}`,
      headings: [],
      start: ordinal * 100,
      end: ordinal * 100 + 50,
      lineStart: 1,
      lineEnd: 1,
    }))
    await index.replaceDocuments([{documentId, source: documentId, language: 'en', metadata: {}, chunks}])
  }
  process.stdout.write(`${number}\n`)
}
