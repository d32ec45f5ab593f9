import {instructionsText} from '../model/cache-breakpoints.ts'
import type {CompletionMessage, CompletionRequest} from '../model/completion-request.ts'

export interface TokenEstimate {
  /** What such a text usually takes. */
  readonly likely: number
  /** More than any tokenizer makes of it: a token stands for a byte at least. */
  readonly most: number
}

/** Around each message and each tool, a few tokens for the template. */
const perMessage = 16
/** What a large picture takes at the vendors whose rule is published, with room above. */
const perImage = 3_000
/** Bytes of text that a token usually stands for. */
const bytesPerToken = 4

/** How many input tokens a request takes, without a tokenizer: the vendors have different ones and publish few. */
export function estimateInputTokens(request: CompletionRequest): TokenEstimate {
  const texts = [instructionsText(request.system) ?? '', ...request.messages.flatMap(textsOf)]
  const shapes = [request.tools, request.responseFormat].map(each => (each === undefined ? '' : JSON.stringify(each)))
  const bytes = [...texts, ...shapes].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  const fixed =
    perMessage * (1 + request.messages.length + (request.tools?.length ?? 0)) +
    perImage * request.messages.reduce((sum, message) => sum + imagesOf(message), 0)
  return {likely: Math.ceil(bytes / bytesPerToken) + fixed, most: bytes + fixed}
}

/** How many tokens a generated text took, where the provider did not say. */
export function estimateOutputTokens(bytes: number): number {
  return Math.ceil(bytes / bytesPerToken)
}

export function imagesOf({content}: CompletionMessage): number {
  let images = 0
  for (const part of content) {
    if (part.type === 'image') images += 1
    if (part.type === 'tool-result') images += part.content.filter(({type}) => type === 'image').length
  }
  return images
}

function textsOf({content}: CompletionMessage): string[] {
  return content.flatMap(part => {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        return [part.text]
      case 'tool-call':
        return [part.name, part.input]
      case 'tool-result':
        return part.content.map(each => (each.type === 'text' ? each.text : ''))
      case 'image':
        return []
    }
  })
}
