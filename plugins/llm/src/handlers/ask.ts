import type {Handler} from '@omni-ops/core/operation'
import {gather, openRouter, promptCached, requestOf, routedOut} from '../asking/asked.ts'
import {schemaReader} from '../asking/structured-output.ts'
import type {ask} from '../operations/ask.ts'

export const handle: Handler<typeof ask> = async (input, context) => {
  const read = input.schema === undefined ? undefined : await schemaReader(input.schema)
  const router = await openRouter(context)
  const images = input.images.map(({media_type, data}) => ({
    type: 'image' as const,
    mediaType: media_type,
    bytes: new Uint8Array(Buffer.from(data, 'base64')),
  }))
  const asked = requestOf(input, {
    messages: [{role: 'user', content: [{type: 'text', text: input.prompt}, ...images]}],
    ...(input.schema === undefined
      ? {}
      : {responseFormat: {type: 'schema' as const, name: 'answer', schema: input.schema}}),
    ...(input.tools.length === 0
      ? {}
      : {
          tools: input.tools.map(({name, description, input_schema}) => ({
            name,
            ...(description === undefined ? {} : {description}),
            inputSchema: input_schema,
          })),
        }),
  })
  const request = promptCached(asked, input.prompt_cache, {continued: false})
  const answer = await gather(router, input, request, context, {
    ...(input.cache === undefined ? {} : {cache: input.cache}),
    ...(input.subject === undefined ? {} : {subject: input.subject}),
  })
  return {
    ...routedOut(answer),
    text: answer.text,
    reasoning: answer.reasoning,
    // A model that asks for a tool has not answered yet.
    json: read && answer.toolCalls.length === 0 ? read(answer.text) : null,
    tool_calls: answer.toolCalls.map(call => ({...call})),
  }
}
