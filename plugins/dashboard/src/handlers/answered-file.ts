import {createHash} from 'node:crypto'
import type * as z from 'zod'
import type {RenderedFile} from '../build/build-dashboard.ts'
import type {AnsweredFile} from '../operations/schemas.ts'
import {formatFiles} from '../operations/formats.ts'

/** A file for JSON: text as it is, anything else in base64. */
export function answeredFile({format, content}: RenderedFile): Omit<z.output<typeof AnsweredFile>, 'file'> {
  const {mediaType, text} = formatFiles[format]
  const bytes = Buffer.from(content)
  return {
    format,
    media_type: mediaType,
    encoding: text ? 'utf8' : 'base64',
    content: text ? bytes.toString('utf8') : bytes.toString('base64'),
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
}

/** The bytes of a file of an answer. */
export const contentOf = ({content, encoding}: Pick<z.output<typeof AnsweredFile>, 'content' | 'encoding'>) =>
  Buffer.from(content ?? '', encoding)
