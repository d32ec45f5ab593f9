import type {Identifiers} from '../operation/random.ts'
import {redact} from '../telemetry/redact.ts'

/** What ties the lines of logs and answers of one request together. */
export interface Trace {
  readonly requestId: string
  /** W3C Trace Context, for what this request calls in turn. */
  readonly traceparent: string
  readonly traceId: string
}

const none: readonly string[] = []
const fitRequestId = /^[A-Za-z0-9._:-]{1,128}$/
/** Version 00 of https://www.w3.org/TR/trace-context-1/#traceparent-header; later versions may be longer. */
const traceparent = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/

/** Takes up the caller's request id and trace where they are fit, and begins new ones where not. */
export function traceOf(
  headers: {readonly requestId: string | undefined; readonly traceparent: string | undefined},
  identifiers: Identifiers,
): Trace {
  const {requestId} = headers
  const [, given, flags] = (headers.traceparent && traceparent.exec(headers.traceparent)) || none
  const traceId = given ?? identifiers.hex(32)
  return {
    requestId: requestId !== undefined && isFit(requestId) ? requestId : identifiers.id(),
    traceparent: `00-${traceId}-${identifiers.hex(16)}-${flags ?? '00'}`,
    traceId,
  }
}

/** It goes into logs as it is, so it must not be a secret that somebody put into the wrong header. */
function isFit(requestId: string): boolean {
  return fitRequestId.test(requestId) && redact(requestId) === requestId
}
