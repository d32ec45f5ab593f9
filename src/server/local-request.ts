import {InvalidInputError} from '../operation/errors.ts'
import type {AppRequest} from './entrance.ts'
import {headerOf} from './header.ts'

/** The names of this machine that no other can have. */
export const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/

/** A request came to this machine under a name that is not this machine's, or from a page of another site. */
export class ForeignRequestError extends InvalidInputError {
  override readonly code = 'foreign_request'
}

/**
 * Without keys, the browser of this machine's user must not be a way in for other people's pages: neither by a name
 * that they point at this machine (DNS rebinding), nor by a request across sites.
 */
export function assertLocal(request: AppRequest): void {
  const host = headerOf(request, 'host')?.replace(/:\d+$/, '') ?? ''
  const origin = headerOf(request, 'origin')
  const foreignHost = !loopback.test(host.replace(/^\[(.*)\]$/, '$1'))
  const foreignOrigin = origin !== undefined && new URL(request.req.url).origin !== origin
  if (!foreignHost && !foreignOrigin) return
  throw new ForeignRequestError('Without authentication this server answers this machine alone', {
    hint: 'use http://localhost, or make a key with `omni keys create` and serve without --insecure-no-auth',
  })
}
