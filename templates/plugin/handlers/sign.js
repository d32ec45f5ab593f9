import {signBook} from '../entries/sign-book.js'

/**
 * From input and context to the service and back; no rule of the domain is here.
 *
 * @type {import('@omni-ops/core/operation').Handler<typeof import('../operations/sign.js').sign>}
 */
export const handle = async ({guest, words}, context) => {
  const {entry, entries} = await signBook({guest, words}, context)
  return {...entry, entries}
}
