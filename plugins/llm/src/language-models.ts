import type {FinishReason, LanguageModelEvent, LanguageModelRequest} from '@omni-ops/core/llm'
import type {Context, OpenLanguageModel} from '@omni-ops/core/operation'
import {type Configuration, configurationFrom} from './configuration/configuration.ts'
import {providerAdapters} from './configuration/provider-adapters.ts'
import type {CompletionEvent, FinishReason as UnifiedReason} from './model/completion-event.ts'
import type {CompletionRequest} from './model/completion-request.ts'
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
  request: LanguageModelRequest,
): AsyncGenerator<LanguageModelEvent> {
  const {schema, maxCost, region, signal} = request
  const [{Router}, {schemaReader}, {requirementsOf, usdOut}] = await Promise.all([
    import('./routing/router.ts'),
    import('./asking/structured-output.ts'),
    import('./asking/asked.ts'),
  ])
  const read = schema === undefined ? undefined : await schemaReader(schema)
  const router = await Router.open(context)
  const {events, outcome} = router.complete({
    target,
    purpose: context.operation,
    stream: true,
    signal: signal ?? context.signal,
    request: completionRequest(request),
    requirements: requirementsOf({max_cost: maxCost, region}),
  })
  let text = ''
  let finish: Extract<CompletionEvent, {type: 'finish'}> | undefined
  for await (const event of events) {
    if (event.type === 'text-delta') {
      text += event.text
      yield {type: 'text', text: event.text}
    }
    if (event.type === 'finish') finish = event
  }
  if (finish === undefined) return
  const {requestId, provider, model, costNanoUsd} = await outcome
  const {input, output} = finish.usage
  yield {
    type: 'finish',
    reason: reasonOf(finish.reason.unified),
    usage: {inputTokens: input.total, outputTokens: output.total},
    outcome: {requestId, provider, model, cost: usdOut(costNanoUsd)},
    // What was cut off is no JSON, and why it was says more.
    ...(read && finish.reason.unified === 'stop' ? {json: read(text)} : {}),
  }
}

function completionRequest({
  system,
  messages,
  maxTokens,
  temperature,
  schema,
}: LanguageModelRequest): CompletionRequest {
  return {
    ...(system === undefined ? {} : {system}),
    messages: messages.map(({role, content, images = []}) => {
      const text = {type: 'text', text: content} as const
      if (role === 'assistant') return {role, content: [text]}
      return {role, content: [text, ...images.map(image => ({type: 'image' as const, ...image}))]}
    }),
    maxOutputTokens: maxTokens,
    ...(temperature === undefined ? {} : {temperature}),
    ...(schema === undefined ? {} : {responseFormat: {type: 'schema', name: 'answer', schema}}),
  }
}

function reasonOf(reason: UnifiedReason): FinishReason {
  if (reason === 'length') return 'length'
  return reason === 'content-filter' ? 'filter' : 'stop'
}
