import type {AppRequest, Mount} from '@omni-ops/core/server'
import type {Engine} from '../routing/engine.ts'
import type {GatewayOptions} from './gateway.ts'
import {routes} from './routes.ts'

type GatewayParts = Pick<GatewayOptions, 'openRouter' | 'fetchImage'>

type Handler = (request: AppRequest) => Promise<Response>

/**
 * The drop-in endpoint for clients of OpenAI's and Anthropic's APIs. What serves them is loaded by the first request to
 * any.
 */
export function gatewayMount(open: () => Promise<GatewayParts> = profileParts): Mount {
  return (app, server) => {
    let loaded: Promise<Record<(typeof routes)[keyof typeof routes] | 'unknown', Handler>> | undefined
    const handlers = () =>
      (loaded ??= (async () => {
        const [{gatewayHandlers}, {StreamPace}, parts] = await Promise.all([
          import('./handlers.ts'),
          import('./stream-pace.ts'),
          open(),
        ])
        return gatewayHandlers({...parts, server, pace: new StreamPace()})
      })())
    for (const [route, name] of Object.entries(routes)) {
      const [method = '', path = ''] = route.split(' ')
      app.on(method, [path], async request => (await handlers())[name](request))
    }
    app.all('/v1/*', async request => (await handlers()).unknown(request))
  }
}

/** The profile's router. */
async function profileParts(): Promise<GatewayParts> {
  const [{Router}, {engineOf}, {fetchPublicImage}] = await Promise.all([
    import('../routing/router.ts'),
    import('../routing/open-engine.ts'),
    import('./remote-images.ts'),
  ])
  let engine: Promise<Engine> | undefined
  return {
    // Settings are read when a server starts; where they name no provider, one may be there later.
    openRouter: async context =>
      Router.over(
        context,
        await (engine ??= engineOf(context, {search: true}).catch((error: unknown) => {
          engine = undefined
          throw error
        })),
      ),
    fetchImage: fetchPublicImage,
  }
}
