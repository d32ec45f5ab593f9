import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionMessageFunctionToolCall,
} from 'openai/resources/chat/completions'
import type {CompletionUsage as WireUsage} from 'openai/resources/completions'
import type {CompletionEvent, CompletionUsage, FinishReason} from '../../model/completion-event.ts'
import type {AnswerFacts, StreamWriter} from '../api-dialect.ts'
import type {AnswerBlock, CollectedAnswer} from '../collected-answer.ts'
import {signatureText} from '../signature.ts'
import {openAiError} from './error.ts'

const finishReasons = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  // The API has no word for it; what the provider said is in the ledger.
  other: 'stop',
} as const satisfies Record<FinishReason, string>

/** What this gateway adds to the API: thoughts, and the provider's signature of them. */
interface Thoughts {
  reasoning_content?: string
  reasoning_signature?: string
}

/** A whole answer as `chat.completion`. */
export function chatCompletion(answer: CollectedAnswer, facts: AnswerFacts): ChatCompletion {
  const texts = answer.blocks.filter(block => block.type === 'text')
  const calls = answer.blocks.filter(block => block.type === 'tool-call')
  const usage = chatUsage(answer.usage)
  return {
    id: completionId(facts),
    object: 'chat.completion',
    created: Math.floor(facts.createdAt.getTime() / 1000),
    model: facts.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: texts.length === 0 ? null : texts.map(block => block.text).join(''),
          refusal: null,
          ...(calls.length === 0 ? {} : {tool_calls: calls.map(toolCall)}),
          ...thoughtsOf(answer.blocks),
        },
        logprobs: null,
        finish_reason: finishReasons[answer.reason.unified],
      },
    ],
    ...(usage ? {usage} : {}),
  }
}

function thoughtsOf(blocks: readonly AnswerBlock[]): Thoughts {
  const thoughts = blocks.filter(block => block.type === 'reasoning')
  if (thoughts.length === 0) return {}
  const signed = thoughts.length === 1 ? thoughts[0]!.signed : undefined
  return {
    reasoning_content: thoughts.map(block => block.text).join(''),
    ...(signed ? {reasoning_signature: signatureText(signed)} : {}),
  }
}

function toolCall({id, name, input, signed}: Extract<AnswerBlock, {type: 'tool-call'}>) {
  const call: ChatCompletionMessageFunctionToolCall = {id, type: 'function', function: {name, arguments: input}}
  return signed ? {...call, extra_content: {omni: signatureText(signed)}} : call
}

function completionId({requestId}: AnswerFacts): string {
  return `chatcmpl-${requestId}`
}

/** Undefined where nobody counted. */
export function chatUsage({input, output}: CompletionUsage): WireUsage | undefined {
  if (input.total === null || output.total === null) return undefined
  return {
    prompt_tokens: input.total,
    completion_tokens: output.total,
    total_tokens: input.total + output.total,
    ...(input.cacheRead === null && input.cacheWrite === null
      ? {}
      : {
          prompt_tokens_details: {
            ...(input.cacheRead === null ? {} : {cached_tokens: input.cacheRead}),
            ...(input.cacheWrite === null ? {} : {cache_write_tokens: input.cacheWrite}),
          },
        }),
    ...(output.reasoning === null ? {} : {completion_tokens_details: {reasoning_tokens: output.reasoning}}),
  }
}

type Delta = ChatCompletionChunk.Choice.Delta & Thoughts

/** Writes `chat.completion.chunk` events, ended by `[DONE]`. */
export function chatStream(facts: AnswerFacts, options: {readonly includeUsage: boolean}): StreamWriter {
  const head = {
    id: completionId(facts),
    object: 'chat.completion.chunk' as const,
    created: Math.floor(facts.createdAt.getTime() / 1000),
    model: facts.model,
  }
  // All but what changes from piece to piece is made text once.
  const before = `data: ${JSON.stringify(head).slice(0, -1)},"choices":[{"index":0,"delta":`
  const usageField = options.includeUsage ? ',"usage":null' : ''
  const afterDelta = `,"logprobs":null,"finish_reason":null}]${usageField}}\n\n`
  const indices = new Map<string, number>()
  let begun = false
  const chunk = (delta: Delta) => {
    const role = begun ? '' : chunkText({role: 'assistant', content: '', refusal: null})
    begun = true
    return role + chunkText(delta)
  }
  const chunkText = (delta: Delta) => before + JSON.stringify(delta) + afterDelta
  const toolIndex = (id: string) => indices.get(id)!

  const write = (event: CompletionEvent): string => {
    switch (event.type) {
      case 'text-delta':
        return event.text === '' ? '' : chunk({content: event.text})
      case 'reasoning-delta':
        return event.text === '' ? '' : chunk({reasoning_content: event.text})
      case 'reasoning-end':
        return event.signed ? chunk({reasoning_signature: signatureText(event.signed)}) : ''
      case 'tool-input-start':
        indices.set(event.id, indices.size)
        return chunk({
          tool_calls: [
            {index: toolIndex(event.id), id: event.id, type: 'function', function: {name: event.name, arguments: ''}},
          ],
        })
      case 'tool-input-delta':
        return event.text === ''
          ? ''
          : chunk({tool_calls: [{index: toolIndex(event.id), function: {arguments: event.text}}]})
      case 'tool-input-end': {
        if (!event.signed) return ''
        const call = {index: toolIndex(event.id), extra_content: {omni: signatureText(event.signed)}}
        return chunk({tool_calls: [call]})
      }
      case 'finish': {
        const role = begun ? '' : chunkText({role: 'assistant', content: '', refusal: null})
        const reason = finishReasons[event.reason.unified]
        const last = `${before}{},"logprobs":null,"finish_reason":"${reason}"}]${usageField}}\n\n`
        if (!options.includeUsage) return role + last
        const usage = {...head, choices: [], usage: chatUsage(event.usage) ?? null}
        return `${role}${last}data: ${JSON.stringify(usage)}\n\n`
      }
      case 'start':
      case 'text-start':
      case 'text-end':
      case 'reasoning-start':
      case 'usage':
        return ''
    }
  }
  return {write, end: () => 'data: [DONE]\n\n', fail: problem => `data: ${JSON.stringify(openAiError(problem))}\n\n`}
}
