import {resolve} from 'node:path'
import type {Handler} from '@omni-ops/core/operation'
import {readCatalogue, readSpec} from '../build/dashboard-files.ts'
import {validateDashboard} from '../build/validate-dashboard.ts'
import {historyOf} from '../data/data-needs.ts'
import {openLocation} from '../data/open-data.ts'
import type {validate} from '../operations/validate.ts'

export const handle: Handler<typeof validate> = async ({spec, catalog, ...input}, context) => {
  const dashboard = await readSpec(resolve(context.workingDirectory, spec))
  const catalogue = await readCatalogue(resolve(context.workingDirectory, catalog))
  const needs = {catalogue, templates: [], history: historyOf([dashboard], undefined)}
  await using session = await openLocation(input, needs, context)
  const zone = context.settings.get('dashboard.time_zone') as string
  const verdicts = await validateDashboard(dashboard, catalogue, session, zone)
  return {
    valid: verdicts.every(({problem}) => problem === null),
    panels: verdicts.map(verdict => ({...verdict, valid: verdict.problem === null})),
  }
}
