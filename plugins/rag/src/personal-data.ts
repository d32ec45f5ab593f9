import {join} from 'node:path'
import type {Context} from '@omni-ops/core/operation'
import {filePlace, filesBelow, type PersonalStore} from '@omni-ops/core/privacy'
import {SubjectDocuments} from './collection/subject-documents.ts'

/** The domain's places that are not plain rows: documents with their passages, and results of evaluations in files. */
export async function openPersonalStores(context: Context): Promise<readonly PersonalStore[]> {
  const documents = new SubjectDocuments(context)
  const evaluations = join(context.directories.data, 'evaluations')
  return [
    documents.place('sql', 'rag_documents'),
    documents.place('vectors', 'rag_passages'),
    filePlace({
      store: 'file',
      table: 'evaluation result',
      field: 'result',
      files: () => filesBelow(join(evaluations, context.tenant)),
      covers: [evaluations],
      clock: context.clock,
    }),
  ]
}
