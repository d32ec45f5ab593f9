import {MalformedBodyError} from './request-body.ts'

/** The type of a body that carries files (RFC 7578). */
export const formType = 'multipart/form-data'

/** What a form says: files as the input's field for them has them, everything else as text. */
export interface FormFields {
  readonly files: readonly {readonly name: string; readonly data: string}[]
  readonly texts: URLSearchParams
}

/** More parts are no form that somebody filled in. */
const mostParts = 1_000

/**
 * The parts of a form body that is already read. A part with a file name is a file, its content in base64; files come
 * under one name, that of the field which takes them.
 * @throws MalformedBodyError
 */
export async function readForm(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
  field: string,
): Promise<FormFields> {
  const form = await parsed(bytes, contentType)
  const texts = new URLSearchParams()
  const files: {name: string; data: string}[] = []
  let parts = 0
  for (const [name, value] of form) {
    if (++parts > mostParts) throw new MalformedBodyError(`The form has more than ${mostParts} parts`)
    if (typeof value === 'string') {
      if (name === field) throw new MalformedBodyError(`The part ${field} has no file name, and so is no file`)
      texts.append(name, value)
      continue
    }
    if (name !== field) throw new MalformedBodyError(`Files belong into the part ${field}, not into ${name}`)
    files.push({name: value.name, data: Buffer.from(await value.arrayBuffer()).toString('base64')})
  }
  return {files, texts}
}

async function parsed(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<FormData> {
  try {
    return await new Response(bytes, {headers: {'content-type': contentType}}).formData()
  } catch (error) {
    throw new MalformedBodyError('The body is no form as RFC 7578 has it', {cause: error})
  }
}
