import {guardedStream} from './guarded-stream.ts'
import type {LanguageModel, LanguageModelEvent, LanguageModelRequest} from './language-model.ts'
import {faultOfOllama, openOllama} from './ollama-client.ts'

export interface OllamaOptions {
  readonly model: string
  /** Where it listens, as in OLLAMA_HOST: `127.0.0.1:11434`, `http://gpu.example:11434`. */
  readonly host?: string | undefined
  /** Milliseconds to wait for the answer to begin; a model that is not in memory is loaded first. */
  readonly timeout: number
  readonly silenceLimit: number
}

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
          faultOf: faultOfOllama,
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
  const client = await openOllama({host: options.host, timeout: options.timeout, signal})
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
