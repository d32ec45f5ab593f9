import type {Handler} from '../../operation/operation.ts'
import {listJobs} from '../job-book.ts'
import type {jobsList} from '../operations/list.ts'
import {summaryOut} from './job-output.ts'

export const handle: Handler<typeof jobsList> = async ({status, limit, cursor}, context) => {
  const rows = await listJobs(context, {status, limit: limit + 1, before: cursor})
  const page = rows.slice(0, limit)
  return {items: page.map(summaryOut), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null}
}
