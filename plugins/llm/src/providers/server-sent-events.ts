import {createParser} from 'eventsource-parser'

export interface ServerSentEvent {
  readonly event: string | undefined
  readonly data: string
}

/** One event may be this long, in UTF-16 code units; a server that never ends one is given up. */
const LONGEST_EVENT = 16_000_000

/**
 * The events of a `text/event-stream` body by the WHATWG's rules (https://html.spec.whatwg.org/#server-sent-events):
 * any line ending, comments, data in several lines, characters split between chunks. The events of one chunk come
 * together, so that a fast stream costs few turns of the event loop. A last event without its blank line counts: some
 * servers leave it out.
 *
 * @param onLife Called for everything that arrives, comments included.
 */
export async function* serverSentEvents(
  body: AsyncIterable<Uint8Array>,
  onLife: () => void,
): AsyncGenerator<readonly ServerSentEvent[]> {
  let events: ServerSentEvent[] = []
  const parser = createParser({
    onEvent: ({event, data}) => events.push({event, data}),
    maxBufferSize: LONGEST_EVENT,
  })
  const decoder = new TextDecoder()
  const taken = () => {
    const arrived = events
    events = []
    return arrived
  }
  // Whoever stops reading closes the connection, as the loop then returns the body's iterator.
  for await (const piece of body) {
    onLife()
    parser.feed(decoder.decode(piece, {stream: true}))
    if (events.length > 0) yield taken()
  }
  onLife()
  parser.feed(`${decoder.decode()}\n\n`)
  if (events.length > 0) yield taken()
}

/**
 * The same events for an SDK that reads such a stream less well than this: each in one chunk, its JSON checked and on
 * one line. What comes before a fault is passed on before it. Cohere's client ends a stream at the letters `[DONE]`
 * wherever they stand, hence the escape.
 *
 * @param onData Sees what every event holds, and may throw.
 * @throws SyntaxError into the stream where an event is no JSON.
 */
export function cleanedEvents(
  body: ReadableStream<Uint8Array>,
  onLife: () => void,
  onData: (data: unknown) => void,
): ReadableStream<Uint8Array> {
  return ReadableStream.from(encodedEvents(body, onLife, onData))
}

async function* encodedEvents(
  body: ReadableStream<Uint8Array>,
  onLife: () => void,
  onData: (data: unknown) => void,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const events of serverSentEvents(body, onLife)) {
    for (const {event, data} of events) {
      if (data.trim() === '' || data === '[DONE]') continue
      const parsed: unknown = JSON.parse(data)
      onData(parsed)
      const json = JSON.stringify(parsed).replaceAll('[DONE]', String.raw`\u005bDONE]`)
      yield encoder.encode(`${event === undefined ? '' : `event: ${event}\n`}data: ${json}\n\n`)
    }
  }
}
