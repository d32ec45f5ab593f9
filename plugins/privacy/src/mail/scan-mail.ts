import type {TextDetector} from '../detect/detector.ts'
import {type FormatName, formatOf, segmentReader} from '../formats/format.ts'
import {MalformedFileError, once} from '../formats/segment.ts'
import {placeText} from '../files/placed-text.ts'
import {type FoundSpan, scanPlacedTexts, scanSegments} from '../files/scan-segments.ts'
import {editedMessage, type MailEditor} from './edit-message.ts'
import {mailboxParts} from './mailbox.ts'

export interface ScanMailOptions {
  readonly source: string
  readonly bytes: AsyncIterable<Uint8Array>
  readonly detector: TextDetector
  /** Told of what is not read. */
  readonly unread: (reason: string) => void
}

/** The personal data of a message or a mailbox: of its header fields and its texts, as a reader of mail shows them. */
export async function* scanMail({source, bytes, detector, unread}: ScanMailOptions): AsyncGenerator<FoundSpan> {
  for await (const {number, separator, message} of mailboxParts(bytes, source)) {
    const place = (part: string) => (number === 0 ? part : `message ${number}, ${part}`)
    const found: FoundSpan[] = []
    const placed = async (text: string, part: string) => {
      for await (const span of scanPlacedTexts(source, once({text, field: '', place: {part}}), detector))
        found.push(span)
    }
    const editor: MailEditor = {
      header: async (text, field, part) => {
        await placed(text, place(part === 'text' ? field : `${part}, ${field}`))
        return []
      },
      body: async (text, {name, filename}) => {
        const part = place(name)
        const spansIn = async (format: FormatName) => {
          const spans: FoundSpan[] = []
          for await (const span of scanSegments(source, segmentReader(format)(once(text)), detector)) spans.push(span)
          return spans
        }
        const spans = await spansIn(formatOf(filename ?? '')).catch((error: unknown) => {
          if (error instanceof MalformedFileError) return spansIn('text')
          throw error
        })
        for (const span of spans) {
          found.push({...span, part, where: placeText({part}, span.field, span.line, span.column)})
        }
        return text
      },
      unread: reason => unread(place(reason)),
    }
    const [, address] = /^From (\S+)/.exec(separator.toString('latin1')) ?? []
    if (address !== undefined) await placed(address, place('separator'))
    for await (const _ of editedMessage(message, source, editor)) yield* found.splice(0)
    yield* found
  }
}
