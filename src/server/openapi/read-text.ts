import {open} from 'node:fs/promises'
import {InvalidInputError, NotFoundError} from '../../operation/errors.ts'

const maximumBytes = 32 * 1024 * 1024

/** A document was named that is not there. */
export class NoSuchDocumentError extends NotFoundError {
  override readonly code = 'no_such_file'
}

/** The text of a file, or of a stream for `-`; at most 32 MiB. Throws NoSuchDocumentError and InvalidInputError. */
export async function readOpenApiText(name: string, stdin: AsyncIterable<Buffer>): Promise<string> {
  if (name === '-') return textOf(stdin, 'stdin')
  const file = await open(name).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new NoSuchDocumentError(`There is no file ${name}`, {cause: error})
    throw new InvalidInputError(`${name} cannot be read: ${error.message}`, {cause: error})
  })
  try {
    return await textOf(file.createReadStream(), name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error
    throw new InvalidInputError(`${name} is a directory`, {cause: error})
  } finally {
    await file.close()
  }
}

async function textOf(pieces: AsyncIterable<Buffer>, name: string): Promise<string> {
  const read: Buffer[] = []
  let bytes = 0
  for await (const piece of pieces) {
    bytes += piece.length
    if (bytes > maximumBytes) throw new InvalidInputError(`${name} is larger than 32 MiB`)
    read.push(piece)
  }
  return Buffer.concat(read).toString('utf8')
}
