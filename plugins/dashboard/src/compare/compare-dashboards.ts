import {isDeepStrictEqual} from 'node:util'
import {difference, isDecimal, relativeDifference} from './decimal.ts'
import type {ShownDashboard, ShownTable} from './shown-dashboard.ts'

export interface Change {
  /** What changed: how the dashboard is defined, whether a panel is there, a key figure, or a point of a series. */
  readonly kind: 'spec' | 'panel' | 'figure' | 'point'
  /** The panel's id; null for what is of the whole dashboard. */
  readonly panel: string | null
  /** The field of a spec, or the title of a series. */
  readonly name: string
  /** The step or category of a point. */
  readonly at: string | null
  readonly before: string | null
  readonly after: string | null
  /** Exact; null where one side has no number. */
  readonly absolute: string | null
  /** As a share of what was before; null where that was 0 or nothing. */
  readonly relative: string | null
}

/** All that differs, in the order of the second dashboard's panels; what is gone comes last. */
export function compareDashboards(before: ShownDashboard, after: ShownDashboard): readonly Change[] {
  const former = new Map(before.panels.map(panel => [panel.id, panel]))
  const gone = before.panels.filter(({id}) => !after.panels.some(panel => panel.id === id))
  return [
    ...dashboardChanges(before, after),
    ...after.panels.flatMap(panel => panelChanges(former.get(panel.id), panel)),
    ...gone.flatMap(panel => panelChanges(panel, undefined)),
  ]
}

function dashboardChanges(before: ShownDashboard, after: ShownDashboard): readonly Change[] {
  const fields: readonly [string, unknown, unknown][] = [
    ['title', before.title, after.title],
    ['sample', before.sample, after.sample],
    ['period', before.period, after.period],
    ...(before.spec === undefined || after.spec === undefined
      ? []
      : (['summary', 'period', 'filters'] as const).map(
          name => [`spec.${name}`, before.spec![name], after.spec![name]] as [string, unknown, unknown],
        )),
  ]
  return [...fields.flatMap(([name, one, other]) => fieldChange(null, name, one, other)), ...specChanges(before, after)]
}

/** What differs in the definitions of panels that both have. */
function specChanges({spec: one}: ShownDashboard, {spec: other}: ShownDashboard): readonly Change[] {
  if (one === undefined || other === undefined) return []
  return other.panels.flatMap(panel => {
    const former = one.panels.find(({id}) => id === panel.id)
    if (former === undefined) return []
    const [a, b] = [former, panel].map(each => each as Readonly<Record<string, unknown>>) as [Fields, Fields]
    return [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .toSorted()
      .flatMap(name => (name === 'title' ? [] : fieldChange(panel.id, name, a[name], b[name])))
  })
}

type Fields = Readonly<Record<string, unknown>>

function fieldChange(panel: string | null, name: string, before: unknown, after: unknown): readonly Change[] {
  if (isDeepStrictEqual(before, after)) return []
  const text = (value: unknown) =>
    value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value)
  const [one, other] = [text(before), text(after)]
  return [{kind: 'spec', panel, name, at: null, before: one, after: other, absolute: null, relative: null}]
}

function panelChanges(before: ShownTable | undefined, after: ShownTable | undefined): readonly Change[] {
  const id = (after ?? before)!.id
  const state = (table: ShownTable | undefined) =>
    table === undefined ? null : table.reason === undefined ? 'shown' : `not shown: ${table.reason}`
  const [one, other] = [state(before), state(after)]
  if (before === undefined || after === undefined || one !== other) {
    const {title} = (after ?? before)!
    return [
      {kind: 'panel', panel: id, name: title, at: null, before: one, after: other, absolute: null, relative: null},
    ]
  }
  const titles = fieldChange(id, 'title', before.title, after.title)
  const numbers = after.figure && before.figure ? figureChanges(before, after) : pointChanges(before, after)
  return [...titles, ...numbers]
}

/** The figure itself. The days that it is of stand in the period, and what it is compared with is no change of it. */
function figureChanges(before: ShownTable, after: ShownTable): readonly Change[] {
  const [titles = [], former = []] = before.rows
  const [, present = []] = after.rows
  return titles
    .slice(1)
    .flatMap((title, index) => numberChange('figure', after.id, title, null, former[index + 1], present[index + 1]))
}

function pointChanges(before: ShownTable, after: ShownTable): readonly Change[] {
  const [former, present] = [cellsOf(before), cellsOf(after)]
  const keys = [...new Set([...present.keys(), ...former.keys()])]
  return keys.flatMap(key => {
    const [series, at] = JSON.parse(key) as [string, string]
    return numberChange('point', after.id, series, at, former.get(key), present.get(key))
  })
}

/** Each cell by its column's title and its row's name; those of one name are numbered. */
function cellsOf({rows}: ShownTable): ReadonlyMap<string, string> {
  const [titles = [], ...lines] = rows
  const columns = numbered(titles)
  const names = numbered(lines.map(([name = '']) => name))
  return new Map(
    lines.flatMap((line, row) =>
      line.slice(1).map((cell, index) => [JSON.stringify([columns[index + 1], names[row]]), cell] as const),
    ),
  )
}

function numbered(names: readonly string[]): readonly string[] {
  const times = new Map<string, number>()
  return names.map(name => {
    const time = (times.get(name) ?? 0) + 1
    times.set(name, time)
    return time === 1 ? name : `${name} (${time})`
  })
}

function numberChange(
  kind: 'figure' | 'point',
  panel: string,
  name: string,
  at: string | null,
  one: string | undefined,
  other: string | undefined,
): readonly Change[] {
  const [before, after] = [one || null, other || null]
  if (before === after) return []
  const both = before !== null && after !== null && isDecimal(before) && isDecimal(after)
  return [
    {
      kind,
      panel,
      name,
      at,
      before,
      after,
      absolute: both ? difference(after, before) : null,
      relative: both ? relativeDifference(after, before) : null,
    },
  ]
}
