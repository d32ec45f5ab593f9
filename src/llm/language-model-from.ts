import {anthropic} from './anthropic.ts'
import {LanguageModelNotConfiguredError} from './errors.ts'
import type {LanguageModel} from './language-model.ts'
import {ollama} from './ollama.ts'
import {openAi} from './openai.ts'

export type Backend = 'openai' | 'anthropic' | 'ollama'

export interface LanguageModelOptions {
  readonly backend: Backend
  /** The backend's default where it is not given. */
  readonly model?: string | undefined
  readonly apiKey?: string | undefined
  /** Where the server is, if not the provider's own; for Ollama its host. */
  readonly baseUrl?: string | undefined
  /** How often a request that failed for a passing reason is sent again; Ollama's is not. */
  readonly maxRetries?: number | undefined
  /** Milliseconds to wait for an answer to begin. */
  readonly timeout?: number | undefined
  /** Milliseconds of silence after which a stream is given up. */
  readonly silenceLimit?: number | undefined
}

/** What is asked for where no model is set: a provider's small, current one. */
export const DEFAULT_MODELS: Readonly<Record<Backend, string>> = {
  openai: 'gpt-5.4-mini',
  anthropic: 'claude-haiku-4-5',
  ollama: 'llama3.2',
}

const MAX_RETRIES = 2
const TIMEOUT = 60_000
/** Models think before they speak; Ollama may read a long prompt for minutes on a slow machine. */
const SILENCE_LIMIT: Readonly<Record<Backend, number>> = {openai: 120_000, anthropic: 120_000, ollama: 300_000}

/**
 * A model of a backend. Its SDK is loaded with the first request.
 *
 * @throws LanguageModelNotConfiguredError where the backend needs a key and none is given.
 */
export function openLanguageModel(options: LanguageModelOptions): LanguageModel {
  const {backend, apiKey, baseUrl} = options
  const shared = {
    model: options.model ?? DEFAULT_MODELS[backend],
    maxRetries: options.maxRetries ?? MAX_RETRIES,
    timeout: options.timeout ?? (backend === 'ollama' ? SILENCE_LIMIT.ollama : TIMEOUT),
    silenceLimit: options.silenceLimit ?? SILENCE_LIMIT[backend],
  }
  switch (backend) {
    case 'openai':
      if (apiKey === undefined && baseUrl === undefined) throw missingKey('OpenAI', 'OPENAI_API_KEY')
      return openAi({...shared, apiKey, baseUrl})
    case 'anthropic':
      if (apiKey === undefined) throw missingKey('Anthropic', 'ANTHROPIC_API_KEY')
      return anthropic({...shared, apiKey, baseUrl})
    case 'ollama':
      return ollama({...shared, host: baseUrl})
  }
}

function missingKey(provider: string, variable: string): LanguageModelNotConfiguredError {
  return new LanguageModelNotConfiguredError(`${provider} is chosen to write answers, but it has no key`, {
    hint: `set ${variable}, or RAG_LLM_BACKEND=none for extracts`,
  })
}

/**
 * The model that the settings choose, or undefined where they choose none. `llm.backend` decides; without it the first
 * of these that is set: `llm.ollama_host`, because nothing then leaves the user's own machines, `llm.openai_api_key` or
 * `llm.openai_base_url`, `llm.anthropic_api_key`. No server is asked whether it is there.
 *
 * @param model Another model of the same backend than `llm.model`.
 * @throws LanguageModelNotConfiguredError like `openLanguageModel`.
 */
export async function languageModelFrom(
  settings: {get(name: string): unknown},
  model?: string,
): Promise<LanguageModel | undefined> {
  const read = (name: string): string | undefined => (settings.get(name) as string | undefined) || undefined
  const backend = backendFrom(read)
  if (backend === undefined) return undefined
  return openLanguageModel({
    backend,
    model: model ?? read('llm.model'),
    apiKey: backend === 'ollama' ? undefined : read(`llm.${backend}_api_key`),
    baseUrl: backend === 'ollama' ? read('llm.ollama_host') : read(`llm.${backend}_base_url`),
  })
}

function backendFrom(read: (name: string) => string | undefined): Backend | undefined {
  const chosen = read('llm.backend')
  if (chosen !== undefined) return chosen === 'none' ? undefined : (chosen as Backend)
  if (read('llm.ollama_host') !== undefined) return 'ollama'
  if (read('llm.openai_api_key') !== undefined || read('llm.openai_base_url') !== undefined) return 'openai'
  return read('llm.anthropic_api_key') === undefined ? undefined : 'anthropic'
}
