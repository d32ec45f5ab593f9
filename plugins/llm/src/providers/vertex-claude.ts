import type {Anthropic} from '@anthropic-ai/sdk'
import type {ProviderAdapter} from '../model/provider-adapter.ts'
import {messagesBody} from './anthropic-request.ts'
import type {FailureSource} from './failure-classification.ts'
import {guardedCompletion} from './guarded-completion.ts'
import {askedMessages, openMessages} from './messages.ts'
import {ProviderNotConfiguredError} from './not-configured-error.ts'
import type {VertexAccess, VertexPlace} from './vertex.ts'

export interface VertexClaudeOptions {
  readonly model: string
  readonly place: VertexPlace
  readonly access: VertexAccess
  readonly source: FailureSource
  readonly newId: () => string
}

/** What the body says in the place of a header (https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai). */
const API_VERSION = 'vertex-2023-10-16'

/** Whether Vertex AI has the model from Anthropic, by its name there: `claude-sonnet-4-5@20250929`. */
export function isClaude(model: string): boolean {
  return model.startsWith('claude-')
}

/**
 * Claude at Vertex AI: Anthropic's Messages, with the model in the path. What Claude has signed there it accepts at
 * Anthropic too, and the other way round (https://platform.claude.com/docs/en/build-with-claude/extended-thinking).
 *
 * @throws ProviderNotConfiguredError for an API key of express mode, which has no project
 */
export function vertexClaude({model, place, access, source, newId}: VertexClaudeOptions): ProviderAdapter {
  const {project, location, baseUrl} = place
  if (project === '') {
    throw new ProviderNotConfiguredError('An API key of Vertex AI does not ask Claude', {
      hint: 'use the key of a service account, and name a project and a region',
    })
  }
  const path = `/v1/projects/${project}/locations/${location}/publishers/anthropic/models/${model}`
  let client: Promise<Anthropic> | undefined
  return {
    provider: 'vertex',
    model,
    complete: (request, call) =>
      guardedCompletion(source, call, async function* (exchange) {
        const {body, warnings} = await messagesBody(model, request)
        const {model: _, ...rest} = body
        exchange.credentials = await access.credentials(source, call.timeouts.connect)
        client ??= openMessages(baseUrl, {})
        const sent = {body: {...rest, anthropic_version: API_VERSION}, warnings}
        const method = call.stream ? 'streamRawPredict' : 'rawPredict'
        yield* askedMessages(await client, `${path}:${method}`, sent, newId, exchange)
      }),
  }
}
