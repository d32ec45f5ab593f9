import type {Context, Finding} from '@omni-ops/core/operation'
import {nativeModule} from '@omni-ops/core/doctor/native-module'
import {Catalogue} from './collection/catalogue.ts'
import {checkVectorService} from './collection/check-vector-service.ts'
import {Collection} from './collection/collection.ts'

/** Whether the vector store's native module loads here. */
async function checkEngine(): Promise<readonly Finding[]> {
  return [nativeModule('@lancedb/lancedb', import.meta.url)]
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

export const checks = [checkEngine, checkVectorService, checkCollections]
