import {NotFoundError} from '@omni-ops/core/operation'
import {MethodNotAllowedError} from '@omni-ops/core/server'
import {countTokensRoute} from './anthropic/count-tokens.ts'
import {chatCompletions, messages, responses} from './dialects.ts'
import {embeddingsRoute} from './embeddings.ts'
import {answering, completionRoute, type GatewayOptions} from './gateway.ts'
import {modelsRoute} from './models.ts'
import {shapeFor} from './protocol.ts'
import {methodsOf} from './routes.ts'

/** The vendors have this path or not; the gateway does not. */
export class UnknownGatewayRouteError extends NotFoundError {
  override readonly code = 'unknown_route'
}

export function gatewayHandlers(options: GatewayOptions) {
  return {
    chatCompletions: completionRoute(chatCompletions, options),
    responses: completionRoute(responses, options),
    messages: completionRoute(messages, options),
    countTokens: countTokensRoute(options),
    embeddings: embeddingsRoute(options),
    models: modelsRoute(options),
    unknown: answering('llm.gateway.none', shapeFor, options, async ({req: {method, path}}) => {
      const allowed = methodsOf(path)
      if (allowed.length > 0) throw new MethodNotAllowedError(method, allowed)
      throw new UnknownGatewayRouteError(`The gateway has no ${method} ${path}`, {
        hint: 'it has chat/completions, responses, embeddings, messages and models below /v1',
      })
    }),
  }
}
