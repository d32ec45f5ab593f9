import {NotFoundError} from '@omni-ops/core/operation'
import type {AppRequest} from '@omni-ops/core/server'
import type {RoutableModel} from '../routing/routed-call.ts'
import {answering, enter, type GatewayOptions} from './gateway.ts'
import {headersFor, shapeFor, speaksAnthropic} from './protocol.ts'
import {useModels} from './rights.ts'

/** No group, deployment or model has this name. */
export class UnknownModelError extends NotFoundError {
  override readonly code = 'llm_unknown_model'
}

/**
 * `GET /v1/models` and `GET /v1/models/{name}`: the groups and deployments that a request may name, in the shape of the
 * API whose client asks (https://platform.openai.com/docs/api-reference/models, https://docs.claude.com/en/api/models-list).
 */
export function modelsRoute(options: GatewayOptions) {
  return answering('llm.gateway.models', shapeFor, options, async request => {
    const {router} = await enter(request, useModels, options)
    const name = nameIn(request)
    const anthropic = speaksAnthropic(request)
    const entry = anthropic ? anthropicModel : openAiModel
    const models = name === '' ? await router.modelsOfKey() : []
    if (name === '') return answer(request, anthropic ? anthropicPage(models) : openAiPage(models))
    const found = await router.modelOfKey(name)
    if (found === undefined)
      throw new UnknownModelError(`There is no model ${name}`, {hint: 'GET /v1/models lists them'})
    return answer(request, entry(found))
  })
}

/** What is asked for of the models; empty where all are. */
function nameIn(request: AppRequest): string {
  const given = new URL(request.req.url).pathname.replace(/^\/v1\/models\/?/, '')
  try {
    return decodeURIComponent(given)
  } catch {
    return given
  }
}

function answer(request: AppRequest, body: object): Response {
  return new Response(JSON.stringify(body), {
    headers: {...headersFor(request, shapeFor(request)), 'Content-Type': 'application/json'},
  })
}

function openAiPage(models: readonly RoutableModel[]) {
  return {object: 'list', data: models.map(openAiModel)}
}

/**
 * Names are the operator's and have no date: 0, as the field has to be a number. OpenAI's API says nothing of what a model
 * can do; the rest is called as at Groq, whose clients look for it.
 */
function openAiModel({name, kind, providers, capabilities, contextTokens, maxOutputTokens}: RoutableModel) {
  return {
    id: name,
    object: 'model',
    created: 0,
    owned_by: kind === 'group' ? 'omni' : (providers[0] ?? 'omni'),
    context_window: contextTokens,
    max_completion_tokens: maxOutputTokens,
    capabilities,
  }
}

function anthropicPage(models: readonly RoutableModel[]) {
  return {
    data: models.map(anthropicModel),
    has_more: false,
    first_id: models[0]?.name ?? null,
    last_id: models.at(-1)?.name ?? null,
  }
}

function anthropicModel({name, contextTokens, maxOutputTokens}: RoutableModel) {
  return {
    type: 'model',
    id: name,
    display_name: name,
    created_at: '1970-01-01T00:00:00Z',
    deprecated_at: null,
    capabilities: null,
    lifecycle: 'active',
    line: null,
    max_input_tokens: contextTokens,
    max_tokens: maxOutputTokens,
    retires_at: null,
  }
}
