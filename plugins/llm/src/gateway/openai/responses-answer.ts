import type {
  Response as WireResponse,
  ResponseOutputItem,
  ResponseStreamEvent,
  ResponseUsage,
} from 'openai/resources/responses/responses'
import type {CompletionEvent, CompletionUsage} from '../../model/completion-event.ts'
import type {AnswerFacts, StreamWriter} from '../api-dialect.ts'
import type {AnswerBlock, CollectedAnswer} from '../collected-answer.ts'
import {callSignatureText, type Signed, signatureText} from '../signature.ts'
import {openAiError} from './error.ts'
import type {ResponsesEcho} from './responses-request.ts'

/** `output_text` is made by OpenAI's clients of the rest; the API itself does not send it. */
type SentResponse = Omit<WireResponse, 'output_text'>

/** A whole answer as `response`. */
export function response(answer: CollectedAnswer, facts: AnswerFacts, echo: ResponsesEcho): SentResponse {
  const output = [...answer.blocks, ...sealsOf(answer.blocks)].map((block, index) =>
    outputItem(block, itemId(facts, index)),
  )
  return {...envelope(facts, echo), ...ending(answer), output}
}

function envelope(facts: AnswerFacts, echo: ResponsesEcho): SentResponse {
  return {
    id: `resp_${facts.requestId}`,
    object: 'response',
    created_at: Math.floor(facts.createdAt.getTime() / 1000),
    status: 'in_progress',
    access_programs: null,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: echo.instructions,
    max_output_tokens: echo.maxOutputTokens,
    metadata: echo.metadata ?? {},
    model: facts.model,
    output: [],
    parallel_tool_calls: echo.parallelToolCalls,
    previous_response_id: null,
    reasoning: {effort: echo.effort, summary: echo.summary},
    temperature: echo.temperature,
    text: {format: textFormat(echo)},
    tool_choice: echo.toolChoice,
    tools: echo.tools.map(({name, description, parameters, strict}) => ({
      type: 'function',
      name,
      description: description ?? null,
      parameters: parameters ?? null,
      strict: strict ?? null,
    })),
    top_p: echo.topP,
    truncation: 'disabled',
  }
}

function textFormat({format}: ResponsesEcho) {
  if (format.type !== 'json_schema') return format
  const {description, ...rest} = format
  return {...rest, ...(description === undefined ? {} : {description}), strict: format.strict ?? null}
}

/** How it ended. */
function ending({reason, usage}: Pick<CollectedAnswer, 'reason' | 'usage'>) {
  const counted = responseUsage(usage)
  const used = counted ? {usage: counted} : {}
  if (reason.unified === 'length') {
    return {...used, status: 'incomplete' as const, incomplete_details: {reason: 'max_output_tokens' as const}}
  }
  if (reason.unified === 'content-filter') {
    return {...used, status: 'incomplete' as const, incomplete_details: {reason: 'content_filter' as const}}
  }
  return {...used, status: 'completed' as const}
}

function responseUsage({input, output}: CompletionUsage): ResponseUsage | undefined {
  if (input.total === null || output.total === null) return undefined
  return {
    input_tokens: input.total,
    input_tokens_details: {cached_tokens: input.cacheRead ?? 0, cache_write_tokens: input.cacheWrite ?? 0},
    output_tokens: output.total,
    output_tokens_details: {reasoning_tokens: output.reasoning ?? 0},
    total_tokens: input.total + output.total,
  }
}

function itemId({requestId}: AnswerFacts, index: number): string {
  return `item_${requestId}_${index}`
}

type ItemStatus = 'in_progress' | 'completed'

/** What a provider signed of a call, which has no place for it here: a thought without words keeps it. */
interface CallSeal {
  readonly type: 'seal'
  readonly call: string
  readonly signed: Signed
}

type ItemBlock = AnswerBlock | CallSeal

/** They come last, as several calls may be open at once. */
function sealsOf(blocks: readonly ItemBlock[]): CallSeal[] {
  return blocks.flatMap(block =>
    block.type === 'tool-call' && block.signed ? [{type: 'seal', call: block.id, signed: block.signed}] : [],
  )
}

function outputItem(block: ItemBlock, id: string, status: ItemStatus = 'completed'): ResponseOutputItem {
  switch (block.type) {
    case 'text':
      return {
        type: 'message',
        id,
        role: 'assistant',
        status,
        content: status === 'completed' ? [textPart(block.text)] : [],
      }
    case 'tool-call':
      return {type: 'function_call', id, call_id: block.id, name: block.name, arguments: block.input, status}
    case 'seal':
      return {type: 'reasoning', id, summary: [], encrypted_content: callSignatureText(block.call, block.signed)}
    case 'reasoning':
      return {
        type: 'reasoning',
        id,
        summary: block.text === '' ? [] : [{type: 'summary_text', text: block.text}],
        ...(block.signed ? {encrypted_content: signatureText(block.signed)} : {}),
      }
  }
}

function textPart(text: string) {
  return {type: 'output_text' as const, text, annotations: [], logprobs: []}
}

interface OpenItem {
  readonly index: number
  readonly id: string
  block: ItemBlock
  /** Whether a part of a thought's summary was begun. */
  begun: boolean
}

/**
 * Writes the events of https://platform.openai.com/docs/api-reference/responses-streaming, numbered from 0. Items are
 * numbered in the order in which they begin; several may be open at once.
 */
export function responsesStream(facts: AnswerFacts, echo: ResponsesEcho): StreamWriter {
  const items: OpenItem[] = []
  const open = new Map<string, OpenItem>()
  let sequence = 0
  let begun = false

  const sse = (event: WithoutSequence): string => {
    const text = JSON.stringify({...event, sequence_number: sequence})
    sequence += 1
    return `event: ${event.type}\ndata: ${text}\n\n`
  }
  const begin = (): string => {
    if (begun) return ''
    begun = true
    const started = envelope(facts, echo) as WireResponse
    return sse({type: 'response.created', response: started}) + sse({type: 'response.in_progress', response: started})
  }
  const add = (key: string, block: ItemBlock): string => {
    const item: OpenItem = {index: items.length, id: itemId(facts, items.length), block, begun: false}
    items.push(item)
    open.set(key, item)
    return (
      begin() +
      sse({
        type: 'response.output_item.added',
        output_index: item.index,
        item: outputItem(block, item.id, 'in_progress'),
      })
    )
  }
  const place = ({id, index}: OpenItem) => ({item_id: id, output_index: index})
  const done = (key: string): string => {
    const item = open.get(key)!
    open.delete(key)
    return (
      closing(item).map(sse).join('') +
      sse({type: 'response.output_item.done', output_index: item.index, item: outputItem(item.block, item.id)})
    )
  }
  const closing = (item: OpenItem): WithoutSequence[] => {
    const {block} = item
    const at = place(item)
    switch (block.type) {
      case 'text':
        return [
          {type: 'response.output_text.done', ...at, content_index: 0, text: block.text, logprobs: []},
          {type: 'response.content_part.done', ...at, content_index: 0, part: textPart(block.text)},
        ]
      case 'tool-call':
        return [{type: 'response.function_call_arguments.done', ...at, arguments: block.input}]
      case 'seal':
        return []
      case 'reasoning':
        if (!item.begun) return []
        return [
          {type: 'response.reasoning_summary_text.done', ...at, summary_index: 0, text: block.text},
          {
            type: 'response.reasoning_summary_part.done',
            ...at,
            summary_index: 0,
            part: {type: 'summary_text', text: block.text},
          },
        ]
    }
  }
  const grow = (key: string, more: string): OpenItem => {
    const item = open.get(key)!
    const {block} = item
    if (block.type === 'seal') return item
    item.block =
      block.type === 'tool-call' ? {...block, input: block.input + more} : {...block, text: block.text + more}
    return item
  }

  const write = (event: CompletionEvent): string => {
    switch (event.type) {
      case 'text-start': {
        const added = add(event.id, {type: 'text', text: ''})
        const at = place(open.get(event.id)!)
        return added + sse({type: 'response.content_part.added', ...at, content_index: 0, part: textPart('')})
      }
      case 'reasoning-start':
        return add(event.id, {type: 'reasoning', text: ''})
      case 'tool-input-start':
        return add(event.id, {type: 'tool-call', id: event.id, name: event.name, input: ''})
      case 'text-delta': {
        if (event.text === '') return ''
        const at = place(grow(event.id, event.text))
        return sse({type: 'response.output_text.delta', ...at, content_index: 0, delta: event.text, logprobs: []})
      }
      case 'tool-input-delta':
        if (event.text === '') return ''
        return sse({
          type: 'response.function_call_arguments.delta',
          ...place(grow(event.id, event.text)),
          delta: event.text,
        })
      case 'reasoning-delta': {
        if (event.text === '') return ''
        const item = grow(event.id, event.text)
        const at = {...place(item), summary_index: 0}
        const part = item.begun
          ? ''
          : sse({type: 'response.reasoning_summary_part.added', ...at, part: {type: 'summary_text', text: ''}})
        item.begun = true
        return part + sse({type: 'response.reasoning_summary_text.delta', ...at, delta: event.text})
      }
      case 'reasoning-end': {
        const item = open.get(event.id)!
        if (event.signed) item.block = {...item.block, signed: event.signed} as AnswerBlock
        return done(event.id)
      }
      case 'tool-input-end': {
        const item = open.get(event.id)!
        if (event.signed) item.block = {...item.block, signed: event.signed} as AnswerBlock
        return done(event.id)
      }
      case 'text-end':
        return done(event.id)
      case 'finish': {
        const seals = sealsOf(items.map(({block}) => block)).map(seal => add(seal.call, seal) + done(seal.call))
        const end = ending(event)
        const whole = {...envelope(facts, echo), ...end, output: items.map(({block, id}) => outputItem(block, id))}
        const type = end.status === 'completed' ? 'response.completed' : 'response.incomplete'
        return begin() + seals.join('') + sse({type, response: whole as WireResponse})
      }
      case 'start':
      case 'usage':
        return ''
    }
  }
  return {
    write,
    end: () => '',
    fail: problem => {
      const {code, message, param} = openAiError(problem).error
      const error = {
        code: problem.status === 429 ? ('rate_limit_exceeded' as const) : ('server_error' as const),
        message,
      }
      const output = items
        .filter(item => ![...open.values()].includes(item))
        .map(({block, id}) => outputItem(block, id))
      const failed = {...envelope(facts, echo), status: 'failed' as const, error, output}
      return (
        begin() +
        sse({type: 'response.failed', response: failed as WireResponse}) +
        sse({type: 'error', code, message, param})
      )
    },
  }
}

/** An event before it gets its number. */
type WithoutSequence = ResponseStreamEvent extends infer Event
  ? Event extends {sequence_number: number}
    ? Omit<Event, 'sequence_number'>
    : never
  : never
