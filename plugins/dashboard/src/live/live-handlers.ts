import {type Context, InvalidInputError, NotFoundError, requireScopes} from '@omni-ops/core/operation'
import {answerHeaders, type AppRequest, eventStream, headerOf, type MountPoint} from '@omni-ops/core/server'
import {show} from '../operations/show.ts'
import {liveDashboards} from './live-dashboards.ts'
import type {LiveDirectory} from './live-directory.ts'
import {
  dashboardBody,
  indexBody,
  livePage,
  livePolicy,
  type PageBody,
  problemBody,
  signInBody,
} from './page/live-page.ts'
import {selectionFrom} from './selection.ts'

export interface LiveHandlerOptions {
  readonly directory: LiveDirectory
  /** Whether a page is given without saying who asks. */
  readonly open: boolean
  readonly server: Pick<MountPoint, 'enter' | 'ending'>
}

/** A stream ends after so long and is taken up again by its reader, who then says anew who they are. Milliseconds. */
const longestStreamMs = 15 * 60_000

export function liveHandlers({directory, open, server}: LiveHandlerOptions) {
  const enter = async (request: AppRequest): Promise<Context> => {
    const visit = await server.enter(request)
    const context = visit.context(show)
    requireScopes(show, context)
    return context
  }

  return {
    async index(request: AppRequest): Promise<Response> {
      request.set('route', 'dashboard.live.index')
      return answer(request, open, async () => indexBody(await directory.list(await enter(request))))
    },

    async page(request: AppRequest): Promise<Response> {
      request.set('route', 'dashboard.live.page')
      return answer(request, open, async () => {
        const context = await enter(request)
        const dashboard = await directory.find(request.req.param('id') ?? '', context)
        const selection = selectionFrom(queryOf(request))
        const view = (await liveDashboards(context)).view(dashboard, selection, context)
        return dashboardBody(dashboard, selection, await view.shown(), await view.choices())
      })
    },

    async events(request: AppRequest): Promise<Response> {
      request.set('route', 'dashboard.live.events')
      const context = await enter(request)
      const dashboard = await directory.find(request.req.param('id') ?? '', context)
      const live = await liveDashboards(context)
      const view = live.view(dashboard, selectionFrom(queryOf(request)), context)
      const last = Number(headerOf(request, 'last-event-id'))
      const leave = live.enter(context.tenant)
      return eventStream({
        signal: AbortSignal.any([request.req.raw.signal, server.ending, AbortSignal.timeout(longestStreamMs)]),
        headers: answerHeaders(request),
        run: async (send, signal, taken) => {
          try {
            await view.follow(Number.isSafeInteger(last) ? last : 0, signal, async change => {
              send({id: change.version, event: 'change', json: JSON.stringify(change)})
              await taken()
            })
          } finally {
            leave()
          }
        },
      })
    },
  }
}

function queryOf(request: AppRequest): URLSearchParams {
  return new URL(request.req.url).searchParams
}

/**
 * A page whole, or as JSON for a page that is there already. Where its user has to say who they are, which no link
 * can, a browser gets the form for that.
 */
async function answer(request: AppRequest, open: boolean, body: () => Promise<PageBody>): Promise<Response> {
  const headers = {...answerHeaders(request), Vary: 'Accept'}
  if (headerOf(request, 'accept')?.includes('application/json') === true) return Response.json(await body(), {headers})
  const [page, status] = open ? await pageOrProblem(request, body) : [signInBody, 200]
  return new Response(livePage(page), {
    status,
    headers: {
      ...headers,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': livePolicy,
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
    },
  })
}

/** Who follows an old link in a browser is told in words what is wrong with it; programs get problem details. */
async function pageOrProblem(request: AppRequest, body: () => Promise<PageBody>): Promise<[PageBody, number]> {
  try {
    return [await body(), 200]
  } catch (error) {
    const isRefusal = error instanceof NotFoundError || error instanceof InvalidInputError
    if (!isRefusal || headerOf(request, 'accept')?.includes('text/html') !== true) throw error
    return [problemBody(error), error.httpStatus]
  }
}
