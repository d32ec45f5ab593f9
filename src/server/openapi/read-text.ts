import {open} from 'node:fs/promises'
import {InvalidInputError} from '../../operation/errors.ts'
import {noSuchFile} from '../../reading/no-such-file.ts'

const maximumBytes = 32 * 1024 * 1024

/** The text of a file, or of a stream for `-`; at most 32 MiB. Throws NoSuchFileError and InvalidInputError. */
export async function readOpenApiText(name: string, stdin: AsyncIterable<Buffer>): Promise<string> {
  if (name === '-') return textOf(stdin, 'stdin')
  const file = await open(name).catch((error: NodeJS.ErrnoException) => {
    throw noSuchFile(error, name) ?? new InvalidInputError(`${name} cannot be read: ${error.message}`, {cause: error})
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
