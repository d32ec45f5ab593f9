import type {ProviderFault} from './errors.ts'
import {faultOfNetwork, guardedStream} from './guarded-stream.ts'
import type {LanguageModel, LanguageModelEvent, LanguageModelRequest} from './language-model.ts'

export interface OllamaOptions {
  readonly model: string
  /** Where it listens, as in OLLAMA_HOST: `127.0.0.1:11434`, `http://gpu.example:11434`. */
  readonly host?: string | undefined
  /** Milliseconds to wait for the answer to begin; a model that is not in memory is loaded first. */
  readonly timeout: number
  readonly silenceLimit: number
}

/** Longer error bodies are not read. */
const LONGEST_ERROR = 2000

/** A model served by Ollama. Nothing leaves the machine it runs on. */
export function ollama(options: OllamaOptions): LanguageModel {
  return {
    provider: 'ollama',
    model: options.model,
    stream: request =>
      guardedStream(
        {
          provider: 'ollama',
          model: options.model,
          signal: request.signal,
          silenceLimit: options.silenceLimit,
          secrets: [],
          faultOf,
        },
        signal => events(options, request, signal),
      ),
  }
}

async function* events(
  options: OllamaOptions,
  request: LanguageModelRequest,
  signal: AbortSignal,
): AsyncGenerator<LanguageModelEvent> {
  const {Ollama} = await import('ollama')
  const client = new Ollama({
    ...(options.host === undefined ? {} : {host: reachable(options.host)}),
    fetch: (url, init) => checkedFetch(url, init, signal, options.timeout),
  })
  const system = request.system === undefined ? [] : [{role: 'system', content: request.system}]
  const stream = await client.chat({
    model: options.model,
    messages: [...system, ...request.messages],
    stream: true,
    options: {
      num_predict: request.maxTokens,
      ...(request.temperature === undefined ? {} : {temperature: request.temperature}),
    },
  })
  for await (const part of stream) {
    if (part.message?.content) yield {type: 'text', text: part.message.content}
    if (part.done) {
      const usage = {inputTokens: part.prompt_eval_count ?? null, outputTokens: part.eval_count ?? null}
      yield {type: 'finish', reason: part.done_reason === 'length' ? 'length' : 'stop', usage}
    }
  }
}

/** A server told to listen on every address is reached on this machine's own. */
function reachable(host: string): string {
  return host.replace(/(^|\/\/)0\.0\.0\.0(?=[:/]|$)/, '$1127.0.0.1')
}

/** Ollama answered with an error. */
class OllamaStatusError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'OllamaStatusError'
    this.status = status
  }
}

/**
 * Ollama's client prints to stdout when an error is not JSON and skips lines of the stream that are not; both are
 * faults here, so they are caught before the client sees them.
 */
async function checkedFetch(
  url: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
  signal: AbortSignal,
  timeout: number,
): Promise<Response> {
  const begins = new AbortController()
  const timer = setTimeout(() => begins.abort(new Error(`no answer in ${Math.round(timeout / 1000)} s`)), timeout)
  const signals = [signal, begins.signal, ...(init?.signal ? [init.signal] : [])]
  const response = await fetch(url, {...init, signal: AbortSignal.any(signals)}).finally(() => clearTimeout(timer))
  if (!response.ok) throw new OllamaStatusError(response.status, await errorMessage(response))
  if (!response.body) throw new SyntaxError('The answer has no body')
  return new Response(response.body.pipeThrough(validLines()), response)
}

async function errorMessage(response: Response): Promise<string> {
  const body = (await response.text()).slice(0, LONGEST_ERROR)
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null && 'error' in parsed) return String(parsed.error)
  } catch {
    // Proxies answer in HTML or plain text.
  }
  return body
}

/** Passes newline-delimited JSON on and fails at the first line that is none. */
function validLines(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder()
  let rest = ''
  const check = (text: string): void => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') JSON.parse(line)
  }
  return new TransformStream({
    transform(bytes, controller) {
      check(decoder.decode(bytes, {stream: true}))
      controller.enqueue(bytes)
    },
    flush() {
      check(`${decoder.decode()}\n`)
    },
  })
}

function faultOf(error: unknown, hasBegun: boolean): ProviderFault | undefined {
  if (error instanceof OllamaStatusError) return {kind: 'status', status: error.status, message: error.message}
  if (error instanceof Error && error.message.startsWith('Did not receive done')) {
    return {kind: 'interrupted', message: 'the connection closed before the end'}
  }
  return faultOfNetwork(error, hasBegun)
}
