import type {LoadBudget} from './limits.ts'
import {type MailboxMessage, mailboxMessages, type OversizedMessage} from './mailbox.ts'
import {readMail} from './mail.ts'
import type {EmbeddedFile, ParsedText} from './parsed-text.ts'
import {rowText} from './table-text.ts'
import {TextBuilder} from './text-builder.ts'

/** A message as a file named by its position. Without bytes, it is too large. */
export function mailboxFile({number, bytes}: MailboxMessage | OversizedMessage): Omit<EmbeddedFile, 'bytes'> & {
  readonly bytes: Uint8Array | undefined
} {
  return {name: String(number), mediaType: 'message/rfc822', bytes}
}

/** The messages of a mailbox as files. */
export async function* mailboxFiles(
  mailbox: Uint8Array,
  maxMessageBytes: number,
): AsyncGenerator<ReturnType<typeof mailboxFile>> {
  for await (const message of mailboxMessages([mailbox], maxMessageBytes)) yield mailboxFile(message)
}

/** A mailbox as a document: the list of its messages. @throws what the budget throws. */
export async function parseMailbox(bytes: Uint8Array, budget: LoadBudget): Promise<ParsedText> {
  const contents = new MailboxContents(budget)
  for await (const message of mailboxMessages([bytes], budget.limits.maxBytes)) await contents.add(message)
  return contents.result()
}

/** Lists the messages of a mailbox, as rows under a header. */
export class MailboxContents {
  readonly #budget: LoadBudget
  readonly #builder: TextBuilder
  #messages = 0

  constructor(budget: LoadBudget) {
    this.#budget = budget
    this.#builder = new TextBuilder(budget)
    this.#builder.addRow(rowText(['Number', 'Date', 'From', 'Subject']), true)
  }

  /** @throws what the budget throws. */
  async add({number, bytes}: MailboxMessage | OversizedMessage): Promise<void> {
    const {
      date = '',
      from = [],
      subject = '',
    } = bytes === undefined ? {} : await readMail(headerOf(bytes), this.#budget)
    this.#messages++
    this.#builder.addRow(rowText([String(number), date, from.join(', '), subject]))
  }

  result(): ParsedText {
    return {...this.#builder.build(), metadata: {messages: this.#messages}}
  }
}

/** A message up to its first empty line. */
function headerOf(bytes: Uint8Array): Uint8Array {
  const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const end = [message.indexOf('\n\n'), message.indexOf('\n\r\n')].filter(at => at !== -1)
  return end.length === 0 ? message : message.subarray(0, Math.min(...end) + 1)
}
