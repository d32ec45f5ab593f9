import type {PublishedDocument} from '../registers/published-register.ts'

/** A document as JSON carries it: text as it is, the rest in base64. */
export function documentOutput({name, mediaType, bytes}: PublishedDocument) {
  const isText = mediaType !== 'application/pdf'
  return {
    name,
    media_type: mediaType,
    encoding: isText ? ('utf-8' as const) : ('base64' as const),
    content: bytes.toString(isText ? 'utf8' : 'base64'),
  }
}
