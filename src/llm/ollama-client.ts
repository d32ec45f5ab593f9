import type {Ollama} from 'ollama'
import {type EmbeddingFault, retryAfterOf} from './embedding-adapter.ts'
import {faultOfNetwork} from './guarded-stream.ts'

export interface OllamaClientOptions {
  /** Where it listens, as in OLLAMA_HOST: `127.0.0.1:11434`, `http://gpu.example:11434`. */
  readonly host?: string | undefined
  /** Milliseconds to wait for the answer to begin; a model that is not in memory is loaded first. */
  readonly timeout: number
  readonly signal: AbortSignal
}

/** Longer error bodies are not read. */
const LONGEST_ERROR = 2000

/** Ollama's own client, which ends with the signal and whose errors `faultOfOllama` reads. */
export async function openOllama({host, timeout, signal}: OllamaClientOptions): Promise<Ollama> {
  const {Ollama} = await import('ollama')
  return new Ollama({
    ...(host === undefined ? {} : {host: reachable(host)}),
    fetch: (url, init) => checkedFetch(url, init, signal, timeout),
  })
}

/** A server told to listen on every address is reached on this machine's own. */
function reachable(host: string): string {
  return host.replace(/(^|\/\/)0\.0\.0\.0(?=[:/]|$)/, '$1127.0.0.1')
}

/** Ollama answered with an error. */
class OllamaStatusError extends Error {
  readonly status: number
  /** Milliseconds that the server, or a proxy before it, asks to wait. */
  readonly retryAfter: number | undefined

  constructor(response: Response, message: string) {
    super(message)
    this.name = 'OllamaStatusError'
    this.status = response.status
    this.retryAfter = retryAfterOf(response.headers)
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
  if (!response.ok) throw new OllamaStatusError(response, await errorMessage(response))
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

/** Reads what the client and its fetch throw. */
export function faultOfOllama(error: unknown, hasBegun: boolean): EmbeddingFault | undefined {
  if (error instanceof OllamaStatusError) {
    const {status, message, retryAfter} = error
    return {kind: 'status', status, message, retryAfter}
  }
  if (error instanceof Error && error.message.startsWith('Did not receive done')) {
    return {kind: 'interrupted', message: 'the connection closed before the end'}
  }
  return faultOfNetwork(error, hasBegun)
}
