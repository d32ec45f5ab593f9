import type {CompletionMessage, CompletionRequest} from '../model/completion-request.ts'
import type {Deployment} from './deployment.ts'

/**
 * The request as it goes to one deployment: what another provider signed, such as a thought, is of no use to this one
 * and is left out; where money is limited, so is the length of the answer.
 */
export function requestFor(
  request: CompletionRequest,
  deployment: Deployment,
  maxOutputTokens: number | undefined,
): CompletionRequest {
  return {
    ...request,
    messages: request.messages.map(message => withoutForeign(message, deployment.provider)),
    ...(maxOutputTokens === undefined ? {} : {maxOutputTokens}),
  }
}

type AssistantPart = Extract<CompletionMessage, {role: 'assistant'}>['content'][number]

function withoutForeign(message: CompletionMessage, provider: string): CompletionMessage {
  if (message.role !== 'assistant') return message
  return {...message, content: message.content.flatMap(part => ownPart(part, provider))}
}

function ownPart(part: AssistantPart, provider: string): readonly AssistantPart[] {
  if (part.type === 'text' || part.signed === undefined || part.signed.provider === provider) return [part]
  if (part.type === 'reasoning') return []
  const {signed: _, ...unsigned} = part
  return [unsigned]
}
