import {CancelledError, type Context} from '@omni-ops/core/operation'
import {type Configuration, foundConfiguration} from './configuration.ts'
import type {OpenAdapter} from './deployment-from.ts'

/** How long a local Ollama may take to say that it is there, in milliseconds. */
const patience = 1_500

/**
 * The Ollama of this machine with its newest model, where it runs and has one: what is used where nothing else is set
 * and nobody has said that no model is wanted.
 *
 * @param host Where Ollama listens unless it is told otherwise.
 */
export async function searchedConfiguration(
  {settings, signal}: Pick<Context, 'settings' | 'signal'>,
  open: OpenAdapter,
  host = 'http://127.0.0.1:11434',
): Promise<Configuration | undefined> {
  if (settings.get('llm.backend') !== undefined) return undefined
  const models = await modelsOf(signal, host)
  const model = models && ((settings.get('llm.model') as string | undefined) ?? models[0])
  return model === undefined ? undefined : foundConfiguration(settings, ['ollama'], model, open)
}

/** The newest first; undefined where no Ollama answers in time. @throws CancelledError */
async function modelsOf(signal: AbortSignal, host: string): Promise<readonly string[] | undefined> {
  const {Ollama} = await import('ollama')
  const limited = AbortSignal.any([signal, AbortSignal.timeout(patience)])
  const client = new Ollama({host, fetch: (url, init) => fetch(url, {...init, signal: limited})})
  try {
    const {models} = await client.list()
    return models
      .toSorted((left, right) => String(right.modified_at).localeCompare(String(left.modified_at)))
      .map(({name}) => name)
  } catch {
    if (signal.aborted) throw new CancelledError()
    return undefined
  }
}
