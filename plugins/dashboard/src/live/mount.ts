import type {AppRequest, Mount, MountPoint} from '@omni-ops/core/server'
import type {LiveDirectory} from './live-directory.ts'

export interface LiveMountOptions {
  readonly directory: () => Promise<LiveDirectory>
  /** Whether a page is given to who asks for it, without saying who that is: where nobody else can ask. */
  readonly open: boolean
}

/**
 * The live pages: an index, a page for each dashboard, and the events of each. What they need is loaded by the first
 * request to any.
 */
export function liveMount({directory, open}: LiveMountOptions): Mount {
  return (app, server) => {
    let loaded: Promise<Handlers> | undefined
    const handlers = () => (loaded ??= handlersFor({directory, open}, server))
    for (const [path, name] of [
      ['/dashboards', 'index'],
      ['/dashboards/:id', 'page'],
      ['/api/v1/dashboards/:id/events', 'events'],
    ] as const) {
      app.get(
        path,
        server.route(async request => (await handlers())[name](request)),
      )
    }
    if (open) app.get('/', request => request.redirect('/dashboards'))
  }
}

type Handlers = Readonly<Record<'index' | 'page' | 'events', (request: AppRequest) => Promise<Response>>>

async function handlersFor({directory, open}: LiveMountOptions, server: MountPoint): Promise<Handlers> {
  const {liveHandlers} = await import('./live-handlers.ts')
  return liveHandlers({directory: await directory(), open, server})
}

/** The pages that tenants have built, for those who say who they are. */
export function keptDashboardsMount(): Mount {
  return liveMount({open: false, directory: async () => (await import('./live-directory.ts')).keptDashboards})
}
