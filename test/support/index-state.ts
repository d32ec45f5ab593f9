import {type Context, invoke} from '@omni-ops/core/operation'
import {auditVerify} from '../../src/audit/operations/index.ts'
import {doctor} from '../../src/doctor/operation.ts'
import {Catalogue} from '../../plugins/rag/src/collection/catalogue.ts'
import {exportPassages} from '../../plugins/rag/src/operations/export.ts'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'

/** What users can see of a collection; two collections are the same where this is equal. */
export interface IndexState {
  readonly documents: readonly unknown[]
  readonly passages: readonly unknown[]
  readonly hits: readonly unknown[]
  readonly threshold: number | undefined
}

/** Everything a collection holds and answers, without the times of its ingest. */
export async function indexState(
  context: Context,
  queries: readonly string[],
  collection = 'default',
): Promise<IndexState> {
  const documents: unknown[] = []
  for (let cursor: string | undefined; ;) {
    const page = await invoke(list, {collection, limit: 1000, ...(cursor ? {cursor} : {})}, context)
    documents.push(...page.items.map(({ingested_at: _, ...document}) => document))
    if (page.next === null) break
    cursor = page.next
  }
  const passages: unknown[] = []
  for (let cursor: string | undefined; ;) {
    const page = await invoke(exportPassages, {collection, limit: 1000, ...(cursor ? {cursor} : {})}, context)
    passages.push(...page.items)
    if (page.next === null) break
    cursor = page.next
  }
  const hits: unknown[] = []
  for (const query of queries) {
    const {results} = await invoke(search, {query, collection}, context)
    // The last digits of a sum depend on the order of its terms.
    hits.push(results.map(({id, score}) => [id, Number(score.toFixed(6))]))
  }
  const calibration = await (await Catalogue.open(context)).calibration(collection)
  return {documents, passages, hits, threshold: calibration && Number(calibration.threshold.toFixed(9))}
}

/** What is wrong with an installation: findings of the doctor about documents and of the audit log. */
export async function complaints(context: Context): Promise<readonly unknown[]> {
  const {findings} = await invoke(doctor, {}, context)
  const {ok, problems} = await invoke(auditVerify, {}, context)
  const unhealthy = findings.filter(
    ({name, status}) => name.startsWith('rag') && (status === 'problem' || status === 'warning'),
  )
  return [...unhealthy, ...(ok ? [] : problems)]
}
