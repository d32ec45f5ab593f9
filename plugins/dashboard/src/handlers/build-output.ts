import type {Context, OperationOutput} from '@omni-ops/core/operation'
import type {BuildResult} from '../build/build-types.ts'
import type {Published} from '../build/publish.ts'
import type {build} from '../operations/build.ts'
import type {ProposalTrail} from '../propose/propose-dashboard.ts'

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
  const {title, type, proposal} = result
  const asked = proposal === undefined ? null : outputOf(proposal)
  const nothing = {panels_shown: 0, panels: [], file: null, html: null, first_day: null, last_day: null}
  if ('error' in result) {
    const {code, message, hint} = result.error.report()
    const error = {code, message, ...(hint === undefined ? {} : {hint})}
    return {title, type, status: 'failed', ...nothing, error, proposal: asked, spec: null}
  }
  if ('spec' in result) {
    return {title, type, status: 'proposed', ...nothing, error: null, proposal: asked, spec: {...result.spec}}
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
    proposal: asked,
    spec: null,
  }
}

function outputOf({problems, ...trail}: ProposalTrail): NonNullable<BuiltPage['proposal']> {
  return {...trail, problems: [...problems]}
}
