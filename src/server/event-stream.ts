/** One event of a stream of Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface StreamedEvent {
  readonly event: string
  /** JSON text, which has no line breaks: no data can break the framing. */
  readonly json: string
  /** The next number where it is absent. */
  readonly id?: number
}

export interface EventStreamOptions {
  /**
   * Sends events and returns when the last one is sent. It tells its reader itself of what goes wrong: where it throws,
   * the stream just ends. Who has much to tell waits for `taken` before the next: it resolves once the reader has taken
   * what was sent, or has left.
   */
  readonly run: (send: (event: StreamedEvent) => void, signal: AbortSignal, taken: () => Promise<void>) => Promise<void>
  /** Aborts the signal that `run` gets; so does a reader who leaves. */
  readonly signal: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds between two signs of life on a quiet stream, so that no proxy cuts it. */
  readonly heartbeat?: number
}

const defaultHeartbeat = 15_000

/** An answer of Server-Sent Events, numbered from 1. */
export function eventStream({run, signal, headers = {}, heartbeat = defaultHeartbeat}: EventStreamOptions): Response {
  const encoder = new TextEncoder()
  const left = new AbortController()
  let open = true
  let onTaken = () => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      let last = 0
      const write = (text: string) => {
        if (open) controller.enqueue(encoder.encode(text))
      }
      const send = ({event, json, id = last + 1}: StreamedEvent) => {
        last = id
        write(`id: ${id}\nevent: ${event}\ndata: ${json}\n\n`)
      }
      const isTaken = () => !open || (controller.desiredSize ?? 0) > 0
      const taken = () => (isTaken() ? Promise.resolve() : new Promise<void>(resolve => void (onTaken = resolve)))
      // A reader who takes nothing is no quieter for signs of life that pile up.
      const beat = setInterval(() => isTaken() && write(': keep-alive\n\n'), heartbeat)
      const end = () => {
        clearInterval(beat)
        if (open) controller.close()
        open = false
      }
      // Does not hold the answer back: the stream is read while it is written. Nobody else hears of a failure.
      run(send, AbortSignal.any([left.signal, signal]), taken).then(end, end)
    },
    pull() {
      onTaken()
    },
    cancel() {
      open = false
      left.abort()
      onTaken()
    },
  })
  return new Response(body, {headers: {'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no', ...headers}})
}
