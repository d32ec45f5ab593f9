import {resolve} from 'node:path'
import type {Handler} from '@omni-ops/core/operation'
import {readDashboardFile} from '../build/export-dashboard.ts'
import {compareDashboards} from '../compare/compare-dashboards.ts'
import {readShownDashboard} from '../compare/read-shown-dashboard.ts'
import type {diff} from '../operations/diff.ts'

export const handle: Handler<typeof diff> = async ({before, after}, {workingDirectory}) => {
  const read = async (path: string) =>
    readShownDashboard(await readDashboardFile(resolve(workingDirectory, path)), path)
  const changes = compareDashboards(await read(before), await read(after))
  const count = (kind: string) => changes.filter(change => change.kind === kind).length
  return {
    same: changes.length === 0,
    counts: {spec: count('spec'), panel: count('panel'), figure: count('figure'), point: count('point')},
    changes: changes.map(change => ({...change})),
  }
}
