import type {Context} from 'hono'

/** Of a connection that the server did not see, such as a call of the app without a socket. */
const noAddress = 'unknown'

/**
 * Where a request comes from. Behind a proxy it is the last address of `X-Forwarded-For`, the one that the proxy itself
 * wrote: all before it is what the sender says of itself.
 */
export function clientAddress(context: Context, behindProxy: boolean): string {
  if (behindProxy) {
    const forwarded = context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim()
    if (forwarded) return forwarded
  }
  const {incoming} = (context.env ?? {}) as {incoming?: {socket?: {remoteAddress?: string}}}
  return incoming?.socket?.remoteAddress ?? noAddress
}
