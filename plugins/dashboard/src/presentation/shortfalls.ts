import type {OperationOutput} from '@omni-ops/core/operation'
import type {build} from '../operations/build.ts'

type Built = OperationOutput<typeof build>['dashboards'][number]

/**
 * What dashboards lack, in lines for a person: why each panel of one dashboard is not shown, and of several how many are
 * not, since their pages say why.
 */
export function shortfalls(dashboards: readonly Built[]): readonly string[] {
  const failed = dashboards.flatMap(({title, error}) =>
    error?.hint === undefined ? [] : [`${title} cannot be built: ${error.hint}`],
  )
  const lacking = dashboards.filter(({status}) => status === 'partial')
  if (lacking.length > 1) {
    return [
      ...failed,
      ...lacking.map(({title, panels, panels_shown: shown}) => countLine(title, panels.length - shown)),
    ]
  }
  return [...failed, ...lacking.flatMap(reasonLines)]
}

function countLine(title: string, count: number): string {
  if (count === 0) return `${title}: some panels are not whole; the page says why`
  return `${title}: ${count} ${count === 1 ? 'panel is' : 'panels are'} not shown; the page says why`
}

/** Panels that lack the same are told together. */
function reasonLines({title, panels}: Built): readonly string[] {
  const byReason = new Map<string, string[]>()
  for (const {title: panel, reason} of panels) {
    if (reason !== null) byReason.set(reason, [...(byReason.get(reason) ?? []), panel])
  }
  return [`${title} is not whole:`, ...[...byReason].map(([reason, titles]) => `  ${titles.join(', ')}: ${reason}`)]
}
