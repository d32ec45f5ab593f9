import {jsonText} from './json-text.ts'

/** One event of a stream of Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface StreamedEvent {
  readonly event: string
  readonly data: unknown
}

export interface EventStreamOptions {
  /** Sends events and returns when the last one is sent. */
  readonly run: (send: (event: StreamedEvent) => void) => Promise<void>
  /** The reader is gone. */
  readonly abandon: () => void
  /** Milliseconds between two signs of life on a quiet stream, so that no proxy cuts it. */
  readonly heartbeat?: number
}

const defaultHeartbeat = 15_000

/** A body of Server-Sent Events with ids from 1. Text data never breaks the framing: JSON has no line breaks. */
export function eventStream({
  run,
  abandon,
  heartbeat = defaultHeartbeat,
}: EventStreamOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let open = true
  return new ReadableStream({
    async start(controller) {
      let id = 0
      const write = (text: string) => {
        if (open) controller.enqueue(encoder.encode(text))
      }
      const beat = setInterval(() => write(': keep-alive\n\n'), heartbeat)
      // Does not hold the answer back: the stream is read while it is written.
      void run(({event, data}) => {
        id += 1
        write(`id: ${id}\nevent: ${event}\ndata: ${jsonText(data)}\n\n`)
      }).finally(() => {
        clearInterval(beat)
        if (open) controller.close()
        open = false
      })
    },
    cancel() {
      open = false
      abandon()
    },
  })
}
