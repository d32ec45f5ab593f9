import type {CompletionEvent, EventBatch} from '../model/completion-event.ts'
import type {StreamWriter} from './api-dialect.ts'
import {UnfinishedAnswerError} from './collected-answer.ts'
import {joinedDeltas} from './joined-deltas.ts'
import type {StreamPace} from './stream-pace.ts'

export interface CompletionStreamOptions {
  /** Already asked for its first batch. */
  readonly batches: AsyncIterator<EventBatch>
  readonly first: IteratorResult<EventBatch>
  readonly writer: StreamWriter
  readonly keepAlive: string
  readonly pace: StreamPace
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
 * The body of a streamed answer. A batch is asked for when the reader has room: a slow reader slows the provider down,
 * through every buffer in between, and nothing is piled up here.
 */
export function completionStream(options: CompletionStreamOptions): ReadableStream<Uint8Array> {
  const {batches, writer, keepAlive, pace} = options
  const ends = pace.begin()
  const encoder = new TextEncoder()
  let pending: IteratorResult<EventBatch> | undefined = options.first
  /** The last event, while what came with it is on its way. */
  let finish: CompletionEvent | undefined
  /** Of silence: first the model's, then the reader's. */
  let timer: NodeJS.Timeout | undefined
  let waitsFor: 'model' | 'reader' = 'reader'
  let ticks = 0
  let hasBegun = false
  let hasLeft = false

  const waitFor = (whom: typeof waitsFor) => {
    waitsFor = whom
    ticks = 0
    timer?.refresh()
  }
  const next = async (): Promise<IteratorResult<EventBatch>> => {
    const result = pending ?? (await batches.next())
    pending = undefined
    return result
  }
  const nextText = async (): Promise<{readonly text: string; readonly ended: boolean}> => {
    try {
      for (;;) {
        if (finish) return {text: await ending(finish), ended: true}
        const {done, value: batch} = await next()
        if (done) throw new UnfinishedAnswerError()
        let text = ''
        for (const event of joinedDeltas(batch)) {
          if (event.type === 'finish') finish = event
          else text += writer.write(event)
        }
        if (text !== '') return {text, ended: false}
      }
    } catch (error) {
      return {text: await options.fail(error), ended: true}
    }
  }
  /** What was used is written down before the client learns that it was all. */
  const ending = async (last: CompletionEvent): Promise<string> => {
    await next()
    return (await options.epilogue()) + writer.write(last) + writer.end()
  }
  const leave = () => {
    hasLeft = true
    clearInterval(timer)
    ends()
    // Ends the model's work. Where an event is under way, the request's own signal has ended it already.
    void batches.return?.().catch(() => undefined)
  }
  return new ReadableStream<Uint8Array>({
    start(controller) {
      timer = setInterval(() => {
        ticks += 1
        if (waitsFor === 'model') controller.enqueue(encoder.encode(keepAlive))
        else if (ticks * silenceMs >= stallMs) {
          leave()
          controller.error(new Error('The reader does not read'))
        }
      }, silenceMs)
    },
    async pull(controller) {
      waitFor('model')
      const pause = hasBegun ? pace.pause() : undefined
      hasBegun = true
      if (pause) await pause
      if (hasLeft) return
      const {text, ended} = await nextText()
      waitFor('reader')
      if (ended) {
        clearInterval(timer)
        ends()
      }
      try {
        if (text !== '') controller.enqueue(encoder.encode(text))
        if (ended) controller.close()
      } catch {
        // The reader left while the event was on its way: `cancel` has been called.
      }
    },
    cancel: leave,
  })
}
