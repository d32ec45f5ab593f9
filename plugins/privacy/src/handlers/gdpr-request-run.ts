import type {Handler} from '@omni-ops/core/operation'
import {resultOf} from '../requests/in-one-go.ts'
import {RequestBook} from '../requests/request-book.ts'
import {run} from '../requests/run.ts'
import {runOut} from './request-outputs.ts'
import type {gdprRequestRun} from '../operations/gdpr-request-run.ts'

/** Approving is somebody's decision, and `request approve` is where it is made. */
export const handle: Handler<typeof gdprRequestRun> = async ({request: id}, context) => {
  const book = await RequestBook.open(context)
  return runOut(await resultOf(await run(id, {approve: false}, book, context), book), context)
}
