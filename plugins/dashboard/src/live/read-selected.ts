import {InvalidInputError} from '@omni-ops/core/operation'
import type {DashboardDefinition} from '../build/dashboard-definition.ts'
import {type DashboardData, type OnPanel, readDashboard} from '../build/dashboard-data.ts'
import type {Supply} from '../build/data-supply.ts'
import type {DataSession} from '../data/data-session.ts'
import {isoText, reportingPeriod, settleZones} from '../query/reporting-period.ts'
import type {DashboardSpec, Filter} from '../spec/dashboard-spec.ts'
import type {Selection} from './selection.ts'

/** Ten years: more days than that are no view of a dashboard. */
const mostDays = 3660
const dayMs = 86_400_000

/**
 * Reads what a dashboard shows of a selection.
 * @throws InvalidInputError for days that the data do not reach, and what `readDashboard` throws
 */
export async function readSelected(
  {spec, zone, as_of: asOf}: DashboardDefinition,
  {session, catalogue, missing, source}: Supply,
  selection: Selection,
  onPanel?: OnPanel,
): Promise<DashboardData> {
  const filters = Object.entries(selection.where).map(([dimension, value]): Filter => ({
    dimension,
    operator: 'in',
    values: [value],
  }))
  const request = {
    spec: {...spec, filters: [...spec.filters, ...filters]},
    catalogue,
    missing,
    source,
    zone,
    asOf: asOf ?? undefined,
  }
  if (selection.from === undefined && selection.to === undefined) return readDashboard(request, session, onPanel)
  await settleZones(catalogue, session)
  const usual = await reportingPeriod(catalogue, session, {period: spec.period, zone, asOf: request.asOf})
  if (usual === undefined) return readDashboard(request, session, onPanel)
  const {lastDay: known} = usual.current
  const last = selection.to === undefined || selection.to > known ? known : selection.to
  const first = selection.from ?? dayBefore(last, usual.days - 1)
  if (first > last) {
    throw new InvalidInputError(`${first} is after the last day that the data tell of, ${known}`, {
      hint: 'choose an earlier first day',
    })
  }
  const count = (Date.parse(last) - Date.parse(first)) / dayMs + 1
  if (count > mostDays) throw new InvalidInputError(`From ${first} to ${last} are more than ${mostDays} days`)
  const period: DashboardSpec['period'] = {unit: 'day', count}
  // The last day that is known may not be over, and ends where the data do.
  const end = last === known ? request.asOf : await endOfDay(last, zone, session)
  return readDashboard({...request, spec: {...request.spec, period}, asOf: end}, session, onPanel)
}

const dayBefore = (day: string, count: number) =>
  new Date(Date.parse(day) - count * dayMs).toISOString().slice(0, 'yyyy-mm-dd'.length)

/** The moment at which a calendar day of a zone ends, which is not always 24 hours after it began. */
async function endOfDay(day: string, zone: string, session: DataSession): Promise<string> {
  const midnight = 'timezone($zone, CAST(CAST($day AS DATE) + 1 AS TIMESTAMP))'
  const [found] = await session.query(`SELECT ${isoText(midnight)} AS midnight`, {zone, day})
  return String(found!.midnight)
}
