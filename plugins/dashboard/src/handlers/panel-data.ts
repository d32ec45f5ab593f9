import {type Handler, NotFoundError} from '@omni-ops/core/operation'
import {liveDashboards} from '../live/live-dashboards.ts'
import {keptDashboards} from '../live/live-directory.ts'
import {checkedSelection} from '../live/selection.ts'
import type {panelData} from '../operations/panel-data.ts'
import {panelCsv, panelTable} from '../render/panel-table.ts'

/** The dashboard has no panel of that id. */
export class UnknownPanelError extends NotFoundError {
  override readonly code = 'unknown_panel'
}

export const handle: Handler<typeof panelData> = async (input, context) => {
  const dashboard = await keptDashboards.find(input.id, context)
  const live = await liveDashboards(context)
  const {data, readAt} = await live.view(dashboard, checkedSelection(input), context).data()
  const shown = data.panels.find(({panel}) => panel.id === input.panel)
  if (shown === undefined) {
    throw new UnknownPanelError(`${input.id} has no panel ${input.panel}`, {
      hint: `it has ${data.panels.map(({panel}) => panel.id).join(', ')}`,
    })
  }
  const table = 'data' in shown ? panelTable(shown.data, data.period) : undefined
  const columns = table?.columns ?? []
  return {
    id: input.id,
    panel: input.panel,
    title: shown.panel.title,
    kind: shown.panel.kind,
    time_zone: data.period.zone,
    first_day: data.period.current.firstDay,
    last_day: data.period.current.lastDay,
    read_at: readAt.toISOString(),
    reason: 'reason' in shown ? shown.reason : null,
    columns: columns.map(({title, numeric}) => ({title, kind: numeric ? ('number' as const) : ('text' as const)})),
    rows: (table?.rows ?? []).map(row =>
      row.map(({raw}, index) => (raw === '' && columns[index]!.numeric ? null : raw)),
    ),
    csv: input.csv && table !== undefined ? panelCsv(table) : null,
  }
}
