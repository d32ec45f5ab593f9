import type {CompletionEvent} from '../model/completion-event.ts'
import type {StreamWriter} from './api-dialect.ts'
import {UnfinishedAnswerError} from './collected-answer.ts'

export interface CompletionStreamOptions {
  /** Already asked for its first event. */
  readonly events: AsyncIterator<CompletionEvent>
  readonly first: IteratorResult<CompletionEvent>
  readonly writer: StreamWriter
  readonly keepAlive: string
  /** What comes before the last event, once there is no other. */
  readonly epilogue: () => Promise<string>
  /** Text that ends a stream that broke. */
  readonly fail: (error: unknown) => Promise<string>
}

/** Of silence, in milliseconds, after which something is sent so that no proxy cuts the connection. */
const silenceMs = 15_000
/** So long may a reader take for what fits into the socket; then the model's work is ended, as if it had left. */
const stallMs = 120_000

/**
 * The body of a streamed answer. An event is asked for when the reader has room: a slow reader slows the provider down,
 * through every buffer in between, and nothing is piled up here.
 */
export function completionStream(options: CompletionStreamOptions): ReadableStream<Uint8Array> {
  const {events, writer, keepAlive} = options
  const encoder = new TextEncoder()
  let pending: Promise<IteratorResult<CompletionEvent>> | undefined = Promise.resolve(options.first)
  let stalled: NodeJS.Timeout | undefined

  const next = async (): Promise<IteratorResult<CompletionEvent>> => {
    const result = await (pending ?? events.next())
    pending = undefined
    return result
  }
  const nextText = async (): Promise<{readonly text: string; readonly ended: boolean}> => {
    try {
      for (;;) {
        const {done, value} = await next()
        if (done) throw new UnfinishedAnswerError()
        if (value.type === 'finish') return {text: await ending(value), ended: true}
        const text = writer.write(value)
        if (text !== '') return {text, ended: false}
      }
    } catch (error) {
      return {text: await options.fail(error), ended: true}
    }
  }
  /** What was used is written down before the client learns that it was all. */
  const ending = async (finish: CompletionEvent): Promise<string> => {
    await next()
    return (await options.epilogue()) + writer.write(finish) + writer.end()
  }
  const leave = () => {
    clearTimeout(stalled)
    // Ends the model's work. Where an event is under way, the request's own signal has ended it already.
    void events.return?.().catch(() => undefined)
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      clearTimeout(stalled)
      const beat = setInterval(() => controller.enqueue(encoder.encode(keepAlive)), silenceMs)
      const {text, ended} = await nextText()
      clearInterval(beat)
      try {
        if (text !== '') controller.enqueue(encoder.encode(text))
        if (ended) controller.close()
        else {
          stalled = setTimeout(() => {
            leave()
            controller.error(new Error('The reader does not read'))
          }, stallMs)
        }
      } catch {
        // The reader left while the event was on its way: `cancel` has been called.
      }
    },
    cancel: leave,
  })
}
