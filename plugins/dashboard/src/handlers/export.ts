import type {Handler} from '@omni-ops/core/operation'
import {exportBuilt, exportKept} from '../build/export-dashboard.ts'
import type {exportPage} from '../operations/export.ts'
import {answeredFile} from './answered-file.ts'
import {buildRequest} from './build-request.ts'

export const handle: Handler<typeof exportPage> = async (input, context) => {
  const {page, format, sample, source} = input
  const exported =
    sample || source !== undefined
      ? await exportBuilt(
          page,
          format,
          buildRequest({...input, save_to_disk: false, output_dir: '', formats: [format]}),
          context,
        )
      : await exportKept(page, format, context)
  return {...answeredFile(exported), title: exported.title}
}
