import type {FinishReason, LanguageModelEvent, LanguageModelRequest} from '@omni-ops/core/llm'
import type {Context, OpenLanguageModel} from '@omni-ops/core/operation'
import {type Configuration, configurationFrom} from './configuration/configuration.ts'
import {providerAdapters} from './configuration/provider-adapters.ts'
import type {FinishReason as UnifiedReason} from './model/completion-event.ts'
import {resolveTarget, type Target} from './routing/targets.ts'

/**
 * The kernel's port over the router: what the other domains ask goes through the same fallbacks, budgets and records.
 * Where nothing is configured it is undefined, and no Ollama is looked for: those domains have an answer without a model.
 */
export const openLanguageModel: OpenLanguageModel = async (context, model) => {
  const configuration = configurationFrom(context.settings, providerAdapters(context))
  if (configuration === undefined) return undefined
  const target = targetOf(configuration, model)
  const [first] = target.deployments
  return {
    provider: first!.provider,
    model: first!.model,
    stream: request => stream(context, target.name, request),
  }
}

/** A name that is none of ours is another model of the provider that would be asked. */
function targetOf(configuration: Configuration, model: string | undefined): Target {
  const byDefault = resolveTarget(configuration, configuration.defaultTarget)
  if (model === undefined) return byDefault
  const {groups, deployments, isDeclared} = configuration
  if (isDeclared || groups.has(model) || deployments.has(model)) return resolveTarget(configuration, model)
  return resolveTarget(configuration, `${byDefault.deployments[0]!.provider}/${model}`)
}

async function* stream(
  context: Context,
  target: string,
  {system, messages, maxTokens, temperature, signal}: LanguageModelRequest,
): AsyncGenerator<LanguageModelEvent> {
  const {Router} = await import('./routing/router.ts')
  const router = await Router.open(context)
  const {events} = router.complete({
    target,
    purpose: context.operation,
    stream: true,
    signal: signal ?? context.signal,
    request: {
      ...(system === undefined ? {} : {system}),
      messages: messages.map(({role, content}) => ({role, content: [{type: 'text', text: content}]})),
      maxOutputTokens: maxTokens,
      ...(temperature === undefined ? {} : {temperature}),
    },
  })
  for await (const event of events) {
    if (event.type === 'text-delta') yield {type: 'text', text: event.text}
    if (event.type !== 'finish') continue
    const {input, output} = event.usage
    const usage = {inputTokens: input.total, outputTokens: output.total}
    yield {type: 'finish', reason: reasonOf(event.reason.unified), usage}
  }
}

function reasonOf(reason: UnifiedReason): FinishReason {
  if (reason === 'length') return 'length'
  return reason === 'content-filter' ? 'filter' : 'stop'
}
