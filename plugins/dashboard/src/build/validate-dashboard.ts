import {OmniError} from '@omni-ops/core/operation'
import type {Catalogue} from '../catalogue/catalogue.ts'
import {checkCatalogue} from '../catalogue/check-catalogue.ts'
import type {DataSession} from '../data/data-session.ts'
import {DataNotFoundError} from '../data/errors.ts'
import {assertKeys} from '../query/assert-keys.ts'
import {readPanel} from '../query/panel-data.ts'
import {reportingPeriod, settleZones} from '../query/reporting-period.ts'
import {panelProblems} from '../spec/check-panel.ts'
import type {DashboardSpec} from '../spec/dashboard-spec.ts'

export interface PanelVerdict {
  readonly id: string
  readonly title: string
  readonly problem: string | null
  /** Of the error that reading the panel ended with; null where there is none. */
  readonly code: string | null
}

/**
 * Tries every panel of a dashboard, and tells of each what is wrong with it.
 * @throws InvalidCatalogueError, InvalidInputError, DataNotFoundError where no panel can be tried at all
 */
export async function validateDashboard(
  spec: DashboardSpec,
  catalogue: Catalogue,
  session: DataSession,
  zone: string,
  asOf?: string,
): Promise<readonly PanelVerdict[]> {
  checkCatalogue(catalogue, await session.schema())
  await assertKeys(catalogue, session)
  await settleZones(catalogue, session)
  const period = await reportingPeriod(catalogue, session, {period: spec.period, zone, asOf})
  if (period === undefined) throw new DataNotFoundError('The data have no row with a time')
  const verdicts: PanelVerdict[] = []
  for (const panel of spec.panels) {
    const problems = panelProblems(panel, spec, catalogue).map(({message}) => message)
    const {id, title} = panel
    if (problems.length > 0) {
      verdicts.push({id, title, problem: problems.join('; '), code: null})
      continue
    }
    try {
      await readPanel(panel, {catalogue, period, spec}, session)
      verdicts.push({id, title, problem: null, code: null})
    } catch (error) {
      if (!(error instanceof OmniError) || error.code === 'cancelled') throw error
      verdicts.push({id, title, problem: error.message, code: error.code})
    }
  }
  return verdicts
}
