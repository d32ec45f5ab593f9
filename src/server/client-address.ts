import type {AppRequest} from './entrance.ts'
import {headerOf} from './header.ts'

/** Of a connection that the server did not see, such as a call of the app without a socket. */
const noAddress = 'unknown'

/**
 * Where a request comes from. Behind a proxy it is the last address of `X-Forwarded-For`, the one that the proxy itself
 * wrote: all before it is what the sender says of itself.
 */
export function clientAddress(request: AppRequest, behindProxy: boolean): string {
  if (behindProxy) {
    const forwarded = headerOf(request, 'x-forwarded-for')?.split(',').at(-1)?.trim()
    if (forwarded) return forwarded
  }
  const {incoming} = (request.env ?? {}) as {incoming?: {socket?: {remoteAddress?: string}}}
  return incoming?.socket?.remoteAddress ?? noAddress
}
