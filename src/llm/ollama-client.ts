import type {Ollama} from 'ollama'
import {type EmbeddingFault, retryAfterOf} from './embedding-adapter.ts'
import {faultOfNetwork} from './network-fault.ts'

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

/** Ollama's client prints to stdout when an error is not JSON, so errors are caught before the client sees them. */
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
  return response
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

/** Reads what the client and its fetch throw. */
export function faultOfOllama(error: unknown): EmbeddingFault | undefined {
  if (error instanceof OllamaStatusError) {
    const {status, message, retryAfter} = error
    return {kind: 'status', status, message, retryAfter}
  }
  return faultOfNetwork(error)
}
