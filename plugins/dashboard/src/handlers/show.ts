import type {Handler} from '@omni-ops/core/operation'
import {keptDefinitions} from '../build/definition-shelf.ts'
import {pageOfId} from '../build/page-of-id.ts'
import {firstFileOf, readKept, stateOf} from '../build/page-shelf.ts'
import {notLive} from '../live/live-directory.ts'
import type {show} from '../operations/show.ts'

export const handle: Handler<typeof show> = async ({id, page: withPage}, context) => {
  const page = await pageOfId(id, context)
  const definition = (await keptDefinitions(context)).get(page.path)
  const obstacle = notLive(page.path, definition, context)
  const kept = withPage ? page.files.find(({format}) => format === 'html') : undefined
  const content = kept && (await readKept(page, kept, context)).content
  const data = definition?.data
  return {
    id,
    file: firstFileOf(page),
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
    html: content === undefined ? null : Buffer.from(content).toString('utf8'),
  }
}
