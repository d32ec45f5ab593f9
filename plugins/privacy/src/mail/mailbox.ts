import {UnreadableFileError} from '../files/file-kind.ts'

/** One message is in memory at a time; a larger one is not read. */
export const largestMessage = 256 * 1024 * 1024

/** A message with the line that says where it begins, where the file is a mailbox. */
export interface MailboxPart {
  /** From 1; 0 for the only message of a file. */
  readonly number: number
  /** With its line end; empty for the only message of a file. */
  readonly separator: Buffer
  readonly message: Buffer
}

const feed = 0x0a
const from = Buffer.from('From ')
/** The separator line of RFC 4155, appendix A. */
const separatorLine = /^From \S.* (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d/

/**
 * The messages of a mailbox (RFC 4155), or the one that a file is; all pieces together are the file. A message begins at a
 * separator line that is the first or follows an empty one.
 *
 * @throws UnreadableFileError for a message above `largestMessage`
 */
export async function* mailboxParts(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<MailboxPart> {
  let number = 0
  let separator: Buffer = Buffer.alloc(0)
  let lines: Buffer[] = []
  let size = 0
  let afterEmpty = true
  const part = (): MailboxPart => ({number, separator, message: Buffer.concat(lines)})
  for await (const line of linesOf(source, name)) {
    if (afterEmpty && isSeparator(line)) {
      if (number > 0 || size > 0) yield part()
      number++
      separator = line
      lines = []
      size = 0
      afterEmpty = false
      continue
    }
    afterEmpty = line.equals(Buffer.from('\n')) || line.equals(Buffer.from('\r\n'))
    size += line.length
    if (size > largestMessage) throw tooLarge(name)
    lines.push(line)
  }
  if (number > 0 || size > 0) yield part()
}

function isSeparator(line: Buffer): boolean {
  return line.subarray(0, from.length).equals(from) && separatorLine.test(line.toString('latin1'))
}

/** With their ends. */
async function* linesOf(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Buffer> {
  let begun: Buffer[] = []
  let length = 0
  for await (const piece of source) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
    let at = 0
    for (let end = bytes.indexOf(feed); end !== -1; end = bytes.indexOf(feed, at)) {
      yield Buffer.concat([...begun, bytes.subarray(at, end + 1)])
      begun = []
      length = 0
      at = end + 1
    }
    if (at === bytes.length) continue
    begun.push(bytes.subarray(at))
    length += bytes.length - at
    if (length > largestMessage) throw tooLarge(name)
  }
  if (length > 0) yield Buffer.concat(begun)
}

function tooLarge(name: string): UnreadableFileError {
  return new UnreadableFileError(`${name} has a message of more than ${largestMessage / 1024 / 1024} MB`)
}
