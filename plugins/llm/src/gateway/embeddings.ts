import * as z from 'zod'
import {answerHeaders, headerOf, readJsonBody} from '@omni-ops/core/server'
import type {CompletionWarning} from '../model/completion-event.ts'
import type {EmbeddingAnswer} from '../routing/routed-call.ts'
import {costText, unheededHeaders, warningHeaders} from './call-headers.ts'
import {embeddingFailure} from './embedding-failure.ts'
import {answering, enter, type GatewayOptions} from './gateway.ts'
import {openAiError} from './openai/error.ts'
import {checked, type FieldRules, ModelName, sortedFields} from './request-fields.ts'
import {useModels} from './rights.ts'

const Body = z.object({
  model: ModelName,
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2048)], {
    error: 'must be a text or up to 2048 texts; tokens differ between the models behind a name',
  }),
  encoding_format: z.enum(['float', 'base64']).optional(),
})

export const embeddingFields: FieldRules = {
  obeyed: new Set(Object.keys(Body.shape)),
  ignored: {user: 'is not passed on'},
  refused: {dimensions: {unless: [], why: 'vectors are as long as the model makes them'}},
}

/** `POST /v1/embeddings` (https://platform.openai.com/docs/api-reference/embeddings/create). */
export function embeddingsRoute(options: GatewayOptions) {
  return answering('llm.gateway.embeddings', {body: openAiError}, options, async request => {
    const entered = await enter(request, useModels, options)
    const body = await readJsonBody(request, options.server.body)
    const {fields, warnings} = sortedFields(body, embeddingFields)
    const {model, input, encoding_format: encoding = 'float'} = checked(Body, fields)
    const asked = {
      target: model,
      texts: [input].flat(),
      kind: 'document',
      signal: entered.signal,
      purpose: useModels.id,
    } as const
    const answer = await entered.router.embed(asked).catch((error: unknown) => {
      throw embeddingFailure(error)
    })
    const uncounted: CompletionWarning[] =
      answer.inputTokens === null ? [{parameter: 'usage', message: 'the provider counted no tokens'}] : []
    return new Response(JSON.stringify(embeddingList(answer, encoding)), {
      headers: {
        ...answerHeaders(request),
        'Content-Type': 'application/json',
        'x-omni-cost': costText(answer.costNanoUsd),
        ...warningHeaders([...unheededHeaders(name => headerOf(request, name)), ...warnings, ...uncounted]),
      },
    })
  })
}

export function embeddingList({vectors, model, inputTokens}: EmbeddingAnswer, encoding: 'float' | 'base64') {
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'float' ? [...vector] : littleEndianBase64(vector),
    })),
    model,
    usage: {prompt_tokens: inputTokens ?? 0, total_tokens: inputTokens ?? 0},
  }
}

/** Numbers of 32 bits, the least byte first, as OpenAI's clients read them. */
function littleEndianBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}
