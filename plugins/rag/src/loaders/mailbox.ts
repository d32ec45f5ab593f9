/** A message of a mailbox, as it stands there but for its separator line and the quoting of lines that look like one. */
export interface MailboxMessage {
  /** Position in the mailbox, from 1. */
  readonly number: number
  readonly bytes: Uint8Array
}

/** A message above the limit is left out, and its bytes with it; it is only told. */
export interface OversizedMessage {
  readonly number: number
  readonly bytes: undefined
}

const FEED = 0x0a
const RETURN = 0x0d
const FROM = Buffer.from('From ')
/**
 * The separator line of RFC 4155, appendix A: "From ", the sender's address, and a time as `asctime` writes it, which
 * programs follow with a time zone or more.
 */
const SEPARATOR =
  /^From \S.* (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d/
const LONGEST_SEPARATOR = 1000
/** Lines that would look like separators were quoted by one more `>` ("mboxrd"). */
const QUOTED_FROM = /^>+From /

/**
 * Splits a mailbox (RFC 4155, application/mbox) into its messages as its bytes come, with no more than one message in
 * memory. A message begins at a separator line that is the first or follows an empty one.
 */
export async function* mailboxMessages(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxMessageBytes: number,
): AsyncGenerator<MailboxMessage | OversizedMessage> {
  let number = 0
  let lines: Buffer[] = []
  let size = 0
  let afterEmpty = true
  const message = (): MailboxMessage | OversizedMessage =>
    size > maxMessageBytes ? {number, bytes: undefined} : {number, bytes: new Uint8Array(Buffer.concat(lines))}
  for await (const line of linesOf(content, maxMessageBytes)) {
    if (afterEmpty && isSeparator(line)) {
      if (number > 0) yield message()
      number++
      lines = []
      size = 0
      afterEmpty = false
      continue
    }
    afterEmpty = line.length === 1 || (line.length === 2 && line[0] === RETURN)
    if (number === 0) continue
    size += line.length
    if (size > maxMessageBytes) lines = []
    else lines.push(withoutQuote(line))
  }
  if (number > 0) yield message()
}

/** Whether content begins as a mailbox does. */
export function isMailbox(bytes: Uint8Array): boolean {
  return isSeparator(Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, LONGEST_SEPARATOR)))
}

function isSeparator(line: Buffer): boolean {
  return line.subarray(0, FROM.length).equals(FROM) && SEPARATOR.test(line.toString('latin1', 0, LONGEST_SEPARATOR))
}

function withoutQuote(line: Buffer): Buffer {
  return line[0] === 0x3e && QUOTED_FROM.test(line.toString('latin1', 0, LONGEST_SEPARATOR)) ? line.subarray(1) : line
}

/** Lines with their ends; one that is longer than the limit comes in parts. */
async function* linesOf(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  longest: number,
): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  let restLength = 0
  for await (const part of content) {
    const buffer = Buffer.from(part.buffer, part.byteOffset, part.length)
    let start = 0
    for (let feed = buffer.indexOf(FEED); feed !== -1; feed = buffer.indexOf(FEED, start)) {
      const line = buffer.subarray(start, feed + 1)
      yield restLength === 0 ? line : Buffer.concat([...rest, line])
      rest = []
      restLength = 0
      start = feed + 1
    }
    if (start < buffer.length) {
      rest.push(buffer.subarray(start))
      restLength += buffer.length - start
      if (restLength <= longest) continue
      yield Buffer.concat(rest)
      rest = []
      restLength = 0
    }
  }
  if (restLength > 0) yield Buffer.concat(rest)
}
