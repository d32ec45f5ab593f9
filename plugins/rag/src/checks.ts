import {type Context, type Finding, OmniError} from '@omni-ops/core/operation'
import {Catalogue} from './collection/catalogue.ts'
import {checkVectorService} from './collection/check-vector-service.ts'
import {Collection} from './collection/collection.ts'
import {passageDatabase} from './collection/passage-database.ts'
import type {VectorDatabase} from './stores/vector-database.ts'

/** Whether the vector store's native part loads here. Its JavaScript is in the program itself. */
async function checkEngine(): Promise<readonly Finding[]> {
  const name = '@lancedb/lancedb'
  try {
    await import('@lancedb/lancedb')
    return [{name, status: 'ok', message: 'its native part loads'}]
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0]
    const fix = 'install omni again on this machine; LanceDB brings a native part per system'
    return [{name, status: 'problem', message: `does not load: ${reason}`, fix}]
  }
}

/** Whether the database that the settings choose for new collections is configured and answers. */
async function checkVectorDatabase(context: Context): Promise<readonly Finding[]> {
  const vectorDb = context.settings.get('rag.vector_db') as VectorDatabase
  if (vectorDb === 'pinecone' || vectorDb === 'weaviate') return checkVectorService(context)
  const name = 'rag vector database'
  try {
    const collections = await (await passageDatabase(vectorDb, context)).collections()
    return [{name, status: 'ok', message: `${vectorDb} answers and has ${collections.length} indexes of this tenant`}]
  } catch (error) {
    const fix = error instanceof OmniError ? error.hint : undefined
    const message = `${vectorDb}: ${error instanceof Error ? error.message : String(error)}`
    return [{name, status: 'problem', message, fix: fix ?? 'omni config set rag.vector_db lancedb'}]
  }
}

/** Whether each collection of the tenant opens, and holds as many passages as the catalogue says. */
async function checkCollections(context: Context): Promise<readonly Finding[]> {
  const catalogue = await Catalogue.open(context)
  const totals = await catalogue.totals()
  if (totals.length === 0) {
    return [
      {
        name: 'rag collections',
        status: 'off',
        message: 'nothing has been ingested yet',
        fix: 'omni rag ingest ./docs',
      },
    ]
  }
  const findings: Finding[] = []
  for (const {collection, documents, chunks, pending} of totals) {
    const {index} = await Collection.open(collection, context)
    const passages = await index.count()
    const name = `rag collection ${collection}`
    if (pending > 0) {
      findings.push({
        name,
        status: 'warning',
        message: `an ingest was interrupted: ${pending} documents are not complete`,
        fix: 'run the same `omni rag ingest` again; it goes on where it was',
      })
    } else if (passages !== chunks) {
      findings.push({
        name,
        status: 'problem',
        message: `the index holds ${passages} passages, the catalogue says ${chunks}`,
        fix: `omni rag remove --all --collection ${collection} --yes, then ingest again`,
      })
    } else {
      findings.push({name, status: 'ok', message: `${documents} documents, ${passages} passages`})
    }
  }
  return findings
}

export const checks = [checkEngine, checkVectorDatabase, checkCollections]
