import type {Context, OperationOutput} from '@omni-ops/core/operation'
import type {BuildResult} from '../build/build-types.ts'
import {fileOf, firstFileOf, type KeptPage} from '../build/page-shelf.ts'
import type {Published} from '../build/publish.ts'
import type {build} from '../operations/build.ts'
import {answeredFile} from './answered-file.ts'
import type {ProposalTrail} from '../propose/propose-dashboard.ts'

type BuiltPage = OperationOutput<typeof build>['dashboards'][number]

/** What a build came to. Only who is on this machine is told where on its disk the pages are. */
export function buildOutput(
  {results, kept, directory}: Published,
  sample: boolean,
  {principal}: Pick<Context, 'principal'>,
) {
  const pages = new Map(kept.map(page => [page.title, page]))
  return {
    sample,
    directory: principal.kind === 'local' ? (directory ?? null) : null,
    dashboards: results.map(result => pageOutput(result, pages.get(result.title))),
  }
}

function pageOutput(result: BuildResult, kept: KeptPage | undefined): BuiltPage {
  const {title, type, proposal} = result
  const asked = proposal === undefined ? null : outputOf(proposal)
  const nothing = {panels_shown: 0, panels: [], file: null, html: null, files: [], first_day: null, last_day: null}
  if ('error' in result) {
    const {code, message, hint} = result.error.report()
    const error = {code, message, ...(hint === undefined ? {} : {hint})}
    return {title, type, status: 'failed', ...nothing, error, proposal: asked, spec: null}
  }
  if ('spec' in result) {
    return {title, type, status: 'proposed', ...nothing, error: null, proposal: asked, spec: {...result.spec}}
  }
  const {panels, files, firstDay, lastDay} = result.built
  const answered = files.map(each => ({
    ...answeredFile(each),
    file: kept === undefined ? null : fileOf(kept.path, each.format),
  }))
  const html = answered.find(({format}) => format === 'html')
  return {
    title,
    type,
    status: panels.every(panel => panel.status === 'shown') ? 'built' : 'partial',
    panels_shown: panels.filter(panel => panel.status !== 'not_shown').length,
    panels: [...panels],
    file: kept === undefined ? null : firstFileOf(kept),
    html: kept === undefined ? (html?.content ?? null) : null,
    files: answered.map(each => (kept !== undefined || each === html ? {...each, content: null} : each)),
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
