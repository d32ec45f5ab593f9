import {anthropicError, anthropicRequestId} from './anthropic/error.ts'
import {anthropicMessage, messagesStream} from './anthropic/messages-answer.ts'
import {messagesImageUrls, readMessagesRequest} from './anthropic/messages-request.ts'
import type {ApiDialect} from './api-dialect.ts'
import {chatCompletion, chatStream} from './openai/chat-answer.ts'
import {chatImageUrls, readChatRequest} from './openai/chat-request.ts'
import {openAiError} from './openai/error.ts'
import {response, responsesStream} from './openai/responses-answer.ts'
import {readResponsesRequest, responsesImageUrls} from './openai/responses-request.ts'

const comment = ': keep-alive\n\n'

export const chatCompletions: ApiDialect = {
  route: 'llm.gateway.chat_completions',
  keepAlive: comment,
  body: openAiError,
  imageUrls: chatImageUrls,
  read: (body, images) => {
    const {includeUsage, ...asked} = readChatRequest(body, images)
    return {...asked, whole: chatCompletion, streamWriter: facts => chatStream(facts, {includeUsage})}
  },
}

export const responses: ApiDialect = {
  route: 'llm.gateway.responses',
  keepAlive: comment,
  body: openAiError,
  imageUrls: responsesImageUrls,
  read: (body, images) => {
    const {echo, ...asked} = readResponsesRequest(body, images)
    return {
      ...asked,
      whole: (answer, facts) => response(answer, facts, echo),
      streamWriter: facts => responsesStream(facts, echo),
    }
  },
}

export const messages: ApiDialect = {
  route: 'llm.gateway.messages',
  keepAlive: 'event: ping\ndata: {"type":"ping"}\n\n',
  body: anthropicError,
  requestIdHeader: anthropicRequestId,
  imageUrls: messagesImageUrls,
  read: (body, images) => ({
    ...readMessagesRequest(body, images),
    whole: anthropicMessage,
    streamWriter: messagesStream,
  }),
}
