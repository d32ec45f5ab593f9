import type {GoogleGenAI} from '@google/genai'
import type {ProviderAdapter} from '../model/provider-adapter.ts'
import {generateContent} from './generate-content.ts'
import {guardedCompletion} from './guarded-completion.ts'

export interface GeminiOptions {
  readonly model: string
  readonly apiKey: string
  /** Of another server that speaks the Gemini API, without version. */
  readonly baseUrl?: string | undefined
  readonly newId: () => string
  readonly now: () => Date
}

const OFFICIAL_BASE_URL = 'https://generativelanguage.googleapis.com'
const API_VERSION = 'v1beta'

/** Google's Gemini API (https://ai.google.dev/api/generate-content). */
export function gemini(options: GeminiOptions): ProviderAdapter {
  const {model, apiKey, newId, now} = options
  const source = {provider: 'gemini', secrets: [apiKey], now}
  const dialect = {provider: 'gemini', newId} as const
  let client: Promise<GoogleGenAI> | undefined
  return {
    provider: 'gemini',
    model,
    complete: (request, call) =>
      guardedCompletion(source, call, async function* (exchange) {
        // One for all calls, because making it prints what it thinks of the environment.
        client ??= openClient(options)
        yield* generateContent(await client, model, request, dialect, {'x-goog-api-key': apiKey}, exchange)
      }),
  }
}

async function openClient({apiKey, baseUrl}: GeminiOptions): Promise<GoogleGenAI> {
  const {GoogleGenAI} = await import('@google/genai')
  // Everything the SDK would read from the environment is said here. Without `retryOptions` it does not retry.
  return new GoogleGenAI({
    vertexai: false,
    apiKey,
    httpOptions: {baseUrl: baseUrl ?? OFFICIAL_BASE_URL, apiVersion: API_VERSION},
  })
}
