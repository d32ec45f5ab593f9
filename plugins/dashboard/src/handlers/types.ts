import type {Handler} from '@omni-ops/core/operation'
import type {types} from '../operations/types.ts'
import {metricsOf} from '../spec/dashboard-spec.ts'
import {slugOf, templates} from '../templates/index.ts'

export const handle: Handler<typeof types> = async () => ({
  types: templates.map(({name, priority, summary, spec, catalogue}) => ({
    name,
    slug: slugOf(name),
    priority,
    summary,
    panels: spec.panels.length,
    metrics: [...new Set(spec.panels.flatMap(metricsOf))],
    tables: Object.keys(catalogue.tables),
  })),
})
