import type {Handler} from '@omni-ops/core/operation'
import {keptOf} from '../requests/kept.ts'
import {RequestBook} from '../requests/request-book.ts'
import {placeOut, requestOut} from './request-outputs.ts'
import type {gdprRequestShow} from '../operations/gdpr-request-show.ts'

export const handle: Handler<typeof gdprRequestShow> = async ({request: id}, context) => {
  const book = await RequestBook.open(context)
  const request = await book.get(id)
  const identities = await book.identities(id)
  return {
    request: requestOut(request, context),
    identities: identities.map(({kind, value, via, shared}) => ({
      kind,
      value,
      via: via === 'given' ? via : `${via.table}.${via.field}`,
      shared: shared ?? false,
    })),
    places: (await book.places(id)).map(placeOut),
    kept: [...(request.receipt?.receipt.kept ?? (await keptOf(id, book)))],
    steps: (await book.steps(id)).map(step => ({...step, details: {...step.details}})),
  }
}
