import {RefusedAnswerError} from '@omni-ops/core/llm'
import {FailureError} from '@omni-ops/core/operation'

export interface Exchange {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: FormData | string
  readonly signal: AbortSignal
  /** Bytes of the answer; of more no more is read. */
  readonly largest: number
}

export interface Answer {
  readonly bytes: Uint8Array
  readonly headers: Headers
}

/** The vendor's answer is no answer of its protocol: too large, or of another shape. */
export class UnusableAnswerError extends FailureError {
  override readonly code: string = 'media_unusable_answer'
}

/** Of an error's body no more is read, in bytes. */
const largestRefusal = 64 * 1024

/**
 * One request to a vendor. Redirects are not followed: they would carry the key to another host.
 *
 * @throws RefusedAnswerError for an answer that is no success, UnusableAnswerError for one that is too large, and what
 *   Node's network throws
 */
export async function exchange({url, method = 'POST', headers, body, signal, largest}: Exchange): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    signal,
    ...(headers ? {headers} : {}),
    ...(body === undefined ? {} : {body}),
  })
  if (!response.ok) {
    const {bytes} = await boundedBytes(response, largestRefusal)
    throw new RefusedAnswerError(response.status, response.headers, new TextDecoder().decode(bytes))
  }
  const {bytes, isWhole} = await boundedBytes(response, largest)
  if (!isWhole) throw new UnusableAnswerError(`The answer is larger than ${Math.round(largest / 1e6)} MB`)
  return {bytes, headers: response.headers}
}

/** The JSON of an answer. @throws UnusableAnswerError */
export function jsonOf({bytes}: Answer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown
  } catch (error) {
    throw new UnusableAnswerError('The answer is not JSON', {cause: error})
  }
}

/** A URL's path joined to a base that may have one of its own. */
export function endpoint(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}/${path}`
}

async function boundedBytes(response: Response, largest: number): Promise<{bytes: Uint8Array; isWhole: boolean}> {
  if (response.body === null) return {bytes: new Uint8Array(), isWhole: true}
  const pieces: Uint8Array[] = []
  let size = 0
  // Leaving the loop cancels the stream, and with it the connection.
  for await (const piece of response.body) {
    if (size + piece.length > largest) {
      pieces.push(piece.subarray(0, largest - size))
      return {bytes: Buffer.concat(pieces), isWhole: false}
    }
    pieces.push(piece)
    size += piece.length
  }
  return {bytes: Buffer.concat(pieces), isWhole: true}
}
