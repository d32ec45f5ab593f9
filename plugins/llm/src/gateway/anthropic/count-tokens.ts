import {headerOf, readJsonBody} from '@omni-ops/core/server'
import {unheededHeaders, warningHeaders} from '../call-headers.ts'
import {answering, enter, type GatewayOptions} from '../gateway.ts'
import {headersFor} from '../protocol.ts'
import {fetchedImages} from '../remote-images.ts'
import {useModels} from '../rights.ts'
import {anthropicError, anthropicRequestId} from './error.ts'
import {messagesImageUrls, readCountRequest} from './messages-request.ts'

const shape = {body: anthropicError, requestIdHeader: anthropicRequestId}

/**
 * `POST /v1/messages/count_tokens` (https://platform.claude.com/docs/en/api/messages-count-tokens): how many tokens a
 * message would be. Nobody is asked: it is the estimate by which the router chooses, and says so.
 */
export function countTokensRoute(options: GatewayOptions) {
  return answering('llm.gateway.count_tokens', shape, options, async request => {
    const {router, signal} = await enter(request, useModels, options)
    const body = await readJsonBody(request, options.server.body)
    const images = await fetchedImages(messagesImageUrls(body), options.fetchImage, signal)
    const {target, request: asked, warnings} = readCountRequest(body, images)
    const tokens = await router.inputTokens({target, request: asked})
    const estimated = {parameter: 'input_tokens', message: 'is an estimate, as each provider counts in its own way'}
    return new Response(JSON.stringify({input_tokens: tokens}), {
      headers: {
        ...headersFor(request, shape),
        'Content-Type': 'application/json',
        ...warningHeaders([...unheededHeaders(name => headerOf(request, name)), ...warnings, estimated]),
      },
    })
  })
}
