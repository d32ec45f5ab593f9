import type {Problem} from '@omni-ops/core/server'
import type {CompletionEvent, CompletionWarning} from '../model/completion-event.ts'
import type {CompletionRequest} from '../model/completion-request.ts'
import type {CollectedAnswer} from './collected-answer.ts'
import type {FetchedImages} from './image-source.ts'

/** What is known of an answer beside what the model said. */
export interface AnswerFacts {
  /** Of the router, for the ledger. */
  readonly requestId: string
  /** What the client is told the model is called. */
  readonly model: string
  readonly createdAt: Date
}

/** Writes the events of one answer as Server-Sent Events of an API. */
export interface StreamWriter {
  /** Text to send, often empty. */
  write(event: CompletionEvent): string
  /** After the last event. */
  end(): string
  /** The end of a stream that broke. */
  fail(problem: Problem): string
}

/** A request in the words of the gateway, with what writes its answer in the words of the API. */
export interface AskedCompletion {
  /** What the client calls the model: a group, `provider/model`, or a deployment. */
  readonly target: string
  readonly stream: boolean
  readonly request: CompletionRequest
  /** Of parameters that were not passed on. */
  readonly warnings: readonly CompletionWarning[]
  /** The whole answer as JSON. */
  whole(answer: CollectedAnswer, facts: AnswerFacts): object
  streamWriter(facts: AnswerFacts): StreamWriter
}

/** How one API shows what went wrong. */
export interface ErrorShape {
  body(problem: Problem): object
  /** Under which its clients look for the id of a request, beside `X-Request-ID`. */
  readonly requestIdHeader?: string
}

/** One API for completions, as its clients speak it. */
export interface ApiDialect extends ErrorShape {
  /** The name of the route in logs and metrics. */
  readonly route: string
  /** What is sent while a model is silent, so that no proxy cuts the connection. */
  readonly keepAlive: string
  /** URLs of pictures that somebody has to fetch first. */
  imageUrls(body: Readonly<Record<string, unknown>>): readonly string[]
  /** @throws InvalidRequestError, UnknownParameterError, UnsupportedParameterError */
  read(body: Readonly<Record<string, unknown>>, images: FetchedImages): AskedCompletion
}
