import type {Context, OperationOutput} from '@omni-ops/core/operation'
import type {BuildResult} from '../build/build-types.ts'
import type {Published} from '../build/publish.ts'
import type {build} from '../operations/build.ts'

type BuiltPage = OperationOutput<typeof build>['dashboards'][number]

/** What a build came to. Only who is on this machine is told where on its disk the pages are. */
export function buildOutput(
  {results, kept, directory}: Published,
  sample: boolean,
  {principal}: Pick<Context, 'principal'>,
) {
  const files = new Map(kept.map(({path, title}) => [title, `${path}.html`]))
  return {
    sample,
    directory: principal.kind === 'local' ? (directory ?? null) : null,
    dashboards: results.map(result => pageOutput(result, files.get(result.title) ?? null)),
  }
}

function pageOutput(result: BuildResult, file: string | null): BuiltPage {
  const {title, type} = result
  if ('error' in result) {
    const {code, message, hint} = result.error.report()
    const error = {code, message, ...(hint === undefined ? {} : {hint})}
    return {
      title,
      type,
      status: 'failed',
      panels_shown: 0,
      panels: [],
      file: null,
      html: null,
      first_day: null,
      last_day: null,
      error,
    }
  }
  const {panels, html, firstDay, lastDay} = result.built
  return {
    title,
    type,
    status: panels.every(panel => panel.status === 'shown') ? 'built' : 'partial',
    panels_shown: panels.filter(panel => panel.status !== 'not_shown').length,
    panels: [...panels],
    file,
    html: file === null ? html : null,
    first_day: firstDay,
    last_day: lastDay,
    error: null,
  }
}
