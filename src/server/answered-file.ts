import type {Operation} from '../operation/operation.ts'
import type {AppRequest} from './entrance.ts'
import {headerOf} from './header.ts'

/** The file of an answer. */
export interface AnsweredFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly mediaType: string
}

/** The media types that a request asks for instead of JSON, where the operation's answer can be a file of such a type. */
function wantedTypes({http}: Operation, request: AppRequest): readonly string[] {
  const accept = headerOf(request, 'accept')
  if (http?.file === undefined || accept === undefined) return []
  const ranges = accept.split(',').map(each => each.split(';')[0]!.trim().toLowerCase())
  if (ranges.includes('application/json')) return []
  const kind = http.file.types.replace('/*', '/')
  return ranges.some(range => range.startsWith(kind)) ? ranges : []
}

/** The input of a request, with the field set by which the operation makes its file, where the request asks for one. */
export function askingForFile(
  operation: Operation,
  request: AppRequest,
  input: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const field = operation.http?.file?.asks
  if (field === undefined || wantedTypes(operation, request).length === 0) return input
  return {...input, [field]: true}
}

/**
 * The file that an answer is made of, where the request asks for one of its type instead of JSON (RFC 9110, section
 * 12.5.1): `Accept: audio/*`. Undefined where it does not, and where the answer is more than one file.
 * @param body the answer in JSON.
 */
export function answeredFile(operation: Operation, request: AppRequest, body: string): AnsweredFile | undefined {
  const ranges = wantedTypes(operation, request)
  if (ranges.length === 0) return undefined
  const {types, of} = operation.http!.file!
  const file = of(JSON.parse(body))
  if (file === undefined) return undefined
  const isWanted = ranges.some(range => range === types || range === file.mediaType)
  return isWanted ? {bytes: Uint8Array.from(Buffer.from(file.data, 'base64')), mediaType: file.mediaType} : undefined
}
