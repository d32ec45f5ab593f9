import type {Operation} from '../operation/operation.ts'
import type {AppRequest} from './entrance.ts'
import {headerOf} from './header.ts'

/** The file of an answer. */
export interface AnsweredFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly mediaType: string
}

/**
 * The file that an answer is made of, where the request asks for one of its type instead of JSON (RFC 9110, section
 * 12.5.1): `Accept: audio/*`. Undefined where it does not, and where the answer is more than one file.
 * @param body the answer in JSON.
 */
export function answeredFile({http}: Operation, request: AppRequest, body: string): AnsweredFile | undefined {
  const accept = headerOf(request, 'accept')
  if (http?.file === undefined || accept === undefined) return undefined
  const ranges = accept.split(',').map(each => each.split(';')[0]!.trim().toLowerCase())
  if (ranges.includes('application/json')) return undefined
  const kind = http.file.types.replace('/*', '/')
  if (!ranges.some(range => range.startsWith(kind))) return undefined
  const file = http.file.of(JSON.parse(body))
  if (file === undefined) return undefined
  const isWanted = ranges.some(range => range === http.file!.types || range === file.mediaType)
  return isWanted ? {bytes: Uint8Array.from(Buffer.from(file.data, 'base64')), mediaType: file.mediaType} : undefined
}
