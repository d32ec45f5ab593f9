import {
  answerHeaders,
  type AppRequest,
  headerOf,
  MethodNotAllowedError,
  type Problem,
  UnsupportedContentCodingError,
} from '@omni-ops/core/server'
import {anthropicError, anthropicRequestId} from './anthropic/error.ts'
import type {ErrorShape} from './api-dialect.ts'
import {openAiError} from './openai/error.ts'

const openAiShape: ErrorShape = {body: openAiError}
const anthropicShape: ErrorShape = {body: anthropicError, requestIdHeader: anthropicRequestId}

/** Whether the client speaks Anthropic's API, which asks for this header. */
export function speaksAnthropic(request: AppRequest): boolean {
  return headerOf(request, 'anthropic-version') !== undefined
}

/** For paths that both vendors have. */
export function shapeFor(request: AppRequest): ErrorShape {
  return speaksAnthropic(request) ? anthropicShape : openAiShape
}

/** What every answer has, in the words of its API as well. */
export function headersFor(request: AppRequest, {requestIdHeader}: ErrorShape): Record<string, string> {
  const headers = answerHeaders(request)
  if (requestIdHeader !== undefined) headers[requestIdHeader] = request.get('trace').requestId
  return headers
}

/** The credentials of a request, where they are not in `Authorization`: clients of Anthropic's send `x-api-key`. */
export function apiAuthorization(header: (name: string) => string | undefined): string | undefined {
  const authorization = header('authorization')
  const key = header('x-api-key')
  return authorization === undefined && key !== undefined ? `Bearer ${key}` : authorization
}

/** Failures that no repetition mends, which the vendors' clients would otherwise repeat by their status. */
const hopeless: ReadonlySet<string> = new Set(['llm_denied', 'llm_billing', 'llm_not_configured'])

export interface Failure {
  readonly problem: Problem
  readonly error: unknown
  readonly shape: ErrorShape
  /** What else is known. */
  readonly headers: Readonly<Record<string, string>>
}

export function errorResponse(request: AppRequest, {problem, error, shape, headers}: Failure): Response {
  const after = retryAfterOf(error)
  return new Response(JSON.stringify(shape.body(problem)), {
    status: problem.status,
    headers: {
      ...headersFor(request, shape),
      ...headers,
      'Content-Type': 'application/json',
      ...(error instanceof MethodNotAllowedError ? {Allow: error.allowed.join(', ')} : {}),
      ...(error instanceof UnsupportedContentCodingError ? {'Accept-Encoding': error.acceptEncoding} : {}),
      ...(problem.status === 401 ? {'WWW-Authenticate': 'Bearer'} : {}),
      ...(after === undefined ? {} : {'Retry-After': String(after)}),
      ...(hopeless.has(problem.code) ? {'x-should-retry': 'false'} : {}),
    },
  })
}

/** Seconds; the kernel's errors tell them as such, the router's as milliseconds. */
function retryAfterOf(error: unknown): number | undefined {
  const {retryAfter, retryAfterMs} = (error ?? {}) as {retryAfter?: unknown; retryAfterMs?: unknown}
  if (typeof retryAfter === 'number') return retryAfter
  return typeof retryAfterMs === 'number' ? Math.ceil(retryAfterMs / 1000) : undefined
}
