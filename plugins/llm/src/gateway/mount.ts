import type {AppRequest, Mount} from '@omni-ops/core/server'
import type {GatewayOptions} from './gateway.ts'

type Handler = (request: AppRequest) => Promise<Response>

/** The path of each API, and what has it. What serves them is loaded by the first request to any. */
const routes = {
  'POST /v1/chat/completions': 'chatCompletions',
  'POST /v1/responses': 'responses',
  'POST /v1/messages': 'messages',
  'POST /v1/embeddings': 'embeddings',
  'GET /v1/models': 'models',
  'GET /v1/models/*': 'models',
} as const

/** The drop-in endpoint for clients of OpenAI's and Anthropic's APIs. */
export function gatewayMount(
  open:
    | Pick<GatewayOptions, 'openRouter' | 'fetchImage'>
    | (() => Promise<Pick<GatewayOptions, 'openRouter' | 'fetchImage'>>),
): Mount {
  return (app, server) => {
    let loaded: Promise<Record<(typeof routes)[keyof typeof routes] | 'unknown', Handler>> | undefined
    const handlers = () =>
      (loaded ??= (async () => {
        const [{gatewayHandlers}, options] = await Promise.all([
          import('./handlers.ts'),
          typeof open === 'function' ? open() : open,
        ])
        return gatewayHandlers({...options, server})
      })())
    for (const [route, name] of Object.entries(routes)) {
      const [method = '', path = ''] = route.split(' ')
      app.on(method, [path], async request => (await handlers())[name](request))
    }
    app.all('/v1/*', async request => (await handlers()).unknown(request))
  }
}
