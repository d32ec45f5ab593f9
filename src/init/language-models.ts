import type {Settings} from '../config/settings.ts'
import {DEFAULT_MODELS} from '../llm/default-models.ts'

/** A way to have answers written that could be used right now. */
export interface AvailableBackend {
  readonly backend: 'ollama' | 'openai' | 'anthropic'
  /** Models to choose from; the backend's default alone where it was not asked. */
  readonly models: readonly string[]
  /** Why it is offered, for a person. */
  readonly found: string
}

/** How long a local Ollama may take to say that it is there, in milliseconds. */
const patience = 1_500

/** What is there: a running Ollama with its models, and providers whose key is set. Nothing is sent to a provider. */
export async function availableBackends(settings: Settings, signal: AbortSignal): Promise<AvailableBackend[]> {
  const host = settings.get('llm.ollama_host') as string | undefined
  const models = await ollamaModels(host, signal)
  const keyed = (['openai', 'anthropic'] as const).filter(
    backend => settings.get(`llm.${backend}_api_key`) !== undefined,
  )
  return [
    ...(models.length > 0
      ? [{backend: 'ollama' as const, models, found: `${models.length} models on this network`}]
      : []),
    ...keyed.map(backend => ({backend, models: [DEFAULT_MODELS[backend]], found: 'its key is set'})),
  ]
}

async function ollamaModels(host: string | undefined, signal: AbortSignal): Promise<string[]> {
  const {Ollama} = await import('ollama')
  const limited = AbortSignal.any([signal, AbortSignal.timeout(patience)])
  const client = new Ollama({
    ...(host === undefined ? {} : {host}),
    fetch: (url, init) => fetch(url, {...init, signal: limited}),
  })
  try {
    return (await client.list()).models.map(({name}) => name)
  } catch {
    return []
  }
}
