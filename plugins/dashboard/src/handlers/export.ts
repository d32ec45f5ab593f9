import type {Handler} from '@omni-ops/core/operation'
import {exportKept} from '../build/export-dashboard.ts'
import {publish} from '../build/publish.ts'
import type {exportPage} from '../operations/export.ts'
import {answeredFile} from './answered-file.ts'
import {buildRequest} from './build-request.ts'

export const handle: Handler<typeof exportPage> = async (input, context) => {
  const {page, format} = input
  if (!input.sample && input.source === undefined) {
    const exported = await exportKept(page, format, context)
    return {...answeredFile(exported), title: exported.title}
  }
  const request = buildRequest({...input, save_to_disk: false, output_dir: '', formats: [format]})
  const {results} = await publish({...request, names: [page]}, context)
  const [result] = results
  if ('error' in result!) throw result.error
  return {...answeredFile(result!.built.files[0]!), title: result!.title}
}
