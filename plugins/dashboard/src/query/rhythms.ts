import type {Grain, Panel} from '../spec/dashboard-spec.ts'

/** Seasons that people's work and lives give to data, in steps, and how many steps back are looked at. */
export const rhythms: Readonly<Record<Grain, {readonly seasons: readonly number[]; readonly history: number}>> = {
  hour: {seasons: [24, 168], history: 24 * 7 * 6},
  day: {seasons: [7], history: 7 * 40},
  week: {seasons: [52], history: 52 * 5},
  month: {seasons: [12], history: 12 * 15},
}

const longestDays: Readonly<Record<Grain, number>> = {hour: 1 / 24, day: 1, week: 7, month: 31}

/** How many days before its period a panel looks back on, for what is forecast or usual. */
export function daysLookedBackOn(panel: Panel): number {
  if (panel.kind !== 'trend' || (panel.forecast === undefined && !panel.anomalies)) return 0
  return Math.ceil(rhythms[panel.grain].history * longestDays[panel.grain])
}
