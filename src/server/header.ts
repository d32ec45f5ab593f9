import type {AppRequest} from './entrance.ts'
import {rateHeaders} from './rate-limit.ts'

/**
 * One header of a request, by its name in small letters. Where there is a socket it is read from Node's own request:
 * making a `Headers` of all of them costs more than most operations.
 */
export function headerOf(request: AppRequest, name: string): string | undefined {
  const {incoming} = (request.env ?? {}) as {incoming?: {headers?: Record<string, string | string[] | undefined>}}
  if (incoming?.headers === undefined) return request.req.header(name)
  const value = incoming.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

/** The headers of every answer. They are given when it is made: changing those of a made one makes it anew. */
export function answerHeaders(request: AppRequest): Record<string, string> {
  const {requestId, traceparent} = request.get('trace')
  const headers: Record<string, string> = {
    'X-Request-ID': requestId,
    traceparent,
    'Omni-Version': request.get('version'),
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  }
  const rate = request.get('rate')
  return rate ? Object.assign(headers, rateHeaders(rate)) : headers
}
