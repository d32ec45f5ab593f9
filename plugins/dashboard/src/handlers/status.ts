import type {Handler} from '@omni-ops/core/operation'
import {firstFileOf, keptPages, stateOf} from '../build/page-shelf.ts'
import type {status} from '../operations/status.ts'
import {templates} from '../templates/index.ts'

export const handle: Handler<typeof status> = async (_input, context) => {
  const pages = await keptPages(context)
  const dashboards = await Promise.all(
    templates.map(async ({name, priority, spec}) => {
      const page = pages.filter(({type}) => type === name).toSorted((a, b) => (a.built_at < b.built_at ? 1 : -1))[0]
      return {
        name,
        priority,
        state: page === undefined ? ('not_built' as const) : await stateOf(page, context),
        sample: page?.sample ?? null,
        panels: spec.panels.length,
        panels_shown: page?.panels.filter(panel => panel.status !== 'not_shown').length ?? null,
        built_at: page?.built_at ?? null,
        file: page === undefined ? null : firstFileOf(page),
      }
    }),
  )
  return {types: dashboards.length, built: dashboards.filter(({state}) => state !== 'not_built').length, dashboards}
}
