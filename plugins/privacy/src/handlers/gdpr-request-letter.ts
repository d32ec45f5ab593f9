import type {Handler} from '@omni-ops/core/operation'
import type {gdprRequestLetter} from '../operations/gdpr-request-letter.ts'
import {publishDocument} from '../registers/published-register.ts'
import {keptOf} from '../requests/kept.ts'
import {requestLetter} from '../requests/request-letter.ts'
import {RequestBook} from '../requests/request-book.ts'
import {documentOutput} from './document-output.ts'

export const handle: Handler<typeof gdprRequestLetter> = async ({request: id, as: form, ...input}, context) => {
  const book = await RequestBook.open(context)
  const request = await book.get(id)
  const kept = request.receipt?.receipt.kept ?? (await keptOf(id, book))
  const {kind, document} = requestLetter(request, {...input, kept}, context)
  return {kind, document: documentOutput(await publishDocument(`${kind}-${id}`, document, form))}
}
