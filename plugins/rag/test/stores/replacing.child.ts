/**
 * Replaces the same documents by version after version until it is killed:
 * `replacing.child.ts MODULE ARGUMENT COLLECTION FIRST_VERSION dense|words`. MODULE exports `openDatabase(ARGUMENT)`.
 * Each version that was written is printed.
 */
import type {PassageDatabase} from '../../src/stores/passage-store.ts'
import {DIMENSION} from './stored-rows.ts'
import {CRASH_DOCUMENTS, versionOf} from './versions.ts'

const [module, argument, collection, first, kind] = process.argv.slice(2) as [string, string, string, string, string]
const {openDatabase} = (await import(module)) as {openDatabase(argument: string): Promise<PassageDatabase>}
const dense = kind === 'dense'
const store = (await openDatabase(argument)).open(collection, dense ? {dimension: DIMENSION} : {})
for (let version = Number(first); ; version++) {
  await store.replaceDocuments(CRASH_DOCUMENTS.map(documentId => versionOf(documentId, version, dense)))
  if (version % 3 === 0) await store.removeDocuments(async () => [CRASH_DOCUMENTS[0]!])
  if (version % 4 === 0) await store.optimize(new Date())
  process.stdout.write(`${version}\n`)
}
