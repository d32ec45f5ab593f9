import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Handler} from '@omni-ops/core/operation'
import {keptDefinitions} from '../build/definition-shelf.ts'
import {dashboardsDirectory} from '../build/output-directory.ts'
import {pageOfId} from '../build/page-of-id.ts'
import {stateOf} from '../build/page-shelf.ts'
import {notLive} from '../live/live-directory.ts'
import type {show} from '../operations/show.ts'

export const handle: Handler<typeof show> = async ({id, page: withPage}, context) => {
  const page = await pageOfId(id, context)
  const definition = (await keptDefinitions(context)).get(page.path)
  const obstacle = notLive(page.path, definition, context)
  const file = `${page.path}.html`
  const html = withPage ? await readFile(join(dashboardsDirectory(context), file), 'utf8').catch(() => null) : null
  const data = definition?.data
  return {
    id,
    file,
    title: page.title,
    type: page.type,
    sample: page.sample,
    state: await stateOf(page, context),
    live: obstacle === undefined,
    not_live_reason: obstacle?.message ?? null,
    data: data
      ? {
          kind: data.kind,
          // Where files lie is for whoever is on this machine.
          source:
            data.kind === 'source'
              ? data.name
              : data.kind === 'files' && context.principal.kind === 'local'
                ? data.location
                : null,
          seed: data.kind === 'sample' ? data.seed : null,
        }
      : null,
    time_zone: definition?.zone ?? null,
    first_day: page.first_day,
    last_day: page.last_day,
    panels: [...page.panels],
    spec: definition === undefined ? null : {...definition.spec},
    built_at: page.built_at,
    html,
  }
}
