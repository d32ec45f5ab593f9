import type {Handler} from '@omni-ops/core/operation'
import {anonymize} from '../anonymity/anonymize.ts'
import type {kAnonymize} from '../operations/k-anonymize.ts'
import {tableOf} from '../table/table-source.ts'
import {reportOutput, requestFrom} from './anonymization-request.ts'
import {searchProgress} from './search-progress.ts'

export const handle: Handler<typeof kAnonymize> = async ({columns, rows, ...input}, context) => {
  const {report, header, ...published} = await anonymize(tableOf('the table', columns, rows), requestFrom(input), {
    signal: context.signal,
    onProgress: searchProgress(context),
  })
  const safe: string[][] = []
  for await (const row of published.rows(context.signal)) safe.push([...row])
  return {columns: [...header], rows: safe, report: reportOutput(report)}
}
