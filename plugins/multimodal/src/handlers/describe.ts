import {FailureError, type Handler, NotConfiguredError} from '@omni-ops/core/operation'
import {scannedMediaLimits} from '../media/files-to-send.ts'
import {checkedMedia} from '../media/read-media.ts'
import type {describe} from '../operations/describe.ts'
import {picturesForModel} from '../vision/pictures-for-model.ts'

/** There is no model that could look at a picture. */
class NoVisionModelError extends NotConfiguredError {
  override readonly code = 'vision_not_configured'
}

/** The answer ended without its end. */
class UnfinishedAnswerError extends FailureError {
  override readonly code = 'llm_interrupted'
}

export const handle: Handler<typeof describe> = async (input, context) => {
  const limits = scannedMediaLimits(context)
  const files = input.files.map(({name, data}, index) =>
    checkedMedia(name ?? `file ${index + 1}`, Buffer.from(data, 'base64'), limits),
  )
  const model = await context.llm(input.model)
  if (model === undefined) {
    throw new NoVisionModelError('Looking at pictures needs a model, and none is configured', {
      hint: 'set OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY or OLLAMA_HOST; `omni vision ocr` reads text without one',
    })
  }
  const {signal} = context
  const images = await picturesForModel(files, {keepMetadata: input.keep_exif, signal})
  const events = model.stream({
    messages: [{role: 'user', content: input.prompt, images}],
    maxTokens: input.max_tokens,
    signal,
    ...(input.schema === undefined ? {} : {schema: input.schema}),
    ...(input.max_cost === undefined ? {} : {maxCost: input.max_cost}),
    ...(input.region === undefined ? {} : {region: input.region}),
  })
  let text = ''
  for await (const event of events) {
    if (event.type === 'text') {
      text += event.text
      context.emit({type: 'delta', text: event.text})
      continue
    }
    const {outcome, usage, reason} = event
    return {
      text,
      json: event.json ?? null,
      pictures: images.length,
      truncated: reason === 'length',
      provider: outcome?.provider ?? model.provider,
      model: outcome?.model ?? model.model,
      request_id: outcome?.requestId ?? null,
      usage: {input_tokens: usage.inputTokens, output_tokens: usage.outputTokens},
      cost_usd: outcome?.cost ?? null,
    }
  }
  throw new UnfinishedAnswerError('The answer broke off', {hint: 'ask again'})
}
