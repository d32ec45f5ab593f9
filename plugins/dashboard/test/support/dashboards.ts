import type {RenderContext} from '../../src/render/renderers.ts'
import {type DashboardData, readDashboard} from '../../src/build/dashboard-data.ts'
import {openSample} from '../../src/sample/open-sample.ts'
import {DashboardSpec} from '../../src/spec/dashboard-spec.ts'
import {templateNamed} from '../../src/templates/index.ts'
import {sales, sessionOn, signal} from './data.ts'

/** What renderers need where nothing is configured. */
export const context = (settings: Readonly<Record<string, unknown>> = {}): RenderContext => ({
  signal,
  settings: {get: (name: string) => settings[name]} as RenderContext['settings'],
})

/** A type of dashboard from its sample. */
export async function sampleData(name: string, seed = 1): Promise<DashboardData> {
  const {spec, catalogue} = templateNamed(name)
  await using session = await openSample(templateNamed(name), seed, signal)
  return await readDashboard({spec, catalogue, missing: [], source: undefined, zone: 'Europe/Ljubljana'}, session)
}

/** Text that is markup, script, a template, a formula or a direction to whoever takes it for more than text. */
export const hostile = [
  '</script><script>alert(1)</script>',
  '{{7*7}} {% raw %} <%= 1 %>',
  '`${alert(1)}` \\u0022',
  '=HYPERLINK("http://evil.example","x")',
  `"' onload='alert(1)' x="`,
  '\u202e]]> --> */ \u2028 &lt;b&gt; 日本',
]

/** One of each kind of panel over data in which everything that can be text is hostile. */
export async function hostileData(): Promise<DashboardData> {
  const rows = hostile.flatMap((region, index) =>
    ['2026-01-01', '2026-01-02', '2026-01-03'].map(
      (day, at) =>
        `${index}${at},${day}T08:00:00Z,"${region.replaceAll('"', '""')}",${(index + 1) * (at - 1)}.25,${at}`,
    ),
  )
  const session = await sessionOn({'sales.csv': `id,at,region,amount,latency\n${rows.join('\n')}\n`})
  const {metrics, ...catalogue} = sales()
  const title = (index: number) => hostile[index]!.slice(0, 80)
  const spec = DashboardSpec.parse({
    version: 1,
    title: hostile[0],
    summary: hostile[2],
    period: {unit: 'day', count: 3},
    panels: [
      {id: 'figure', kind: 'figure', title: title(1), metric: 'amount', target: 'amount'},
      {
        id: 'trend',
        kind: 'trend',
        title: title(2),
        metrics: ['amount'],
        grain: 'day',
        split: 'region',
      },
      {id: 'parts', kind: 'breakdown', title: title(4), metrics: ['amount', 'rows', 'share'], dimension: 'region'},
      {id: 'funnel', kind: 'funnel', title: title(0), metrics: ['rows', 'large']},
      {id: 'matrix', kind: 'matrix', title: title(3), metric: 'amount', rows: 'region', grain: 'day'},
      {id: 'absent', kind: 'figure', title: title(5), metric: 'nothing'},
    ],
  })
  const named = Object.fromEntries(
    Object.entries(metrics).map(([name, metric], index) => [name, {...metric, title: title(index)}]),
  )
  return readDashboard(
    {
      spec,
      catalogue: {...catalogue, metrics: named},
      missing: [{kind: 'metric', name: 'nothing', title: title(0), reason: `needs ${hostile[3]}`}],
      source: hostile[4],
      zone: 'UTC',
    },
    session,
  )
}

/** Days enough to forecast, of which one is far from usual; and what is compared side by side. */
export async function outlookData(): Promise<DashboardData> {
  const rows = Array.from({length: 120}, (_, day) => {
    const at = new Date(Date.UTC(2026, 0, 1 + day, 8)).toISOString()
    const amount = day === 100 ? 900 : 100 + (day % 7) * 10 + day / 4 + ((day * 7919) % 13)
    return `${day},${at},${day % 3 === 0 ? 'North' : 'South'},${amount},1`
  })
  const session = await sessionOn({'sales.csv': `id,at,region,amount,latency\n${rows.join('\n')}\n`})
  const spec = DashboardSpec.parse({
    version: 1,
    title: 'Outlook',
    period: {unit: 'day', count: 120},
    panels: [
      {
        id: 'forecast',
        kind: 'trend',
        title: 'Amount to come',
        metrics: ['amount'],
        grain: 'day',
        forecast: {steps: 14},
      },
      {id: 'unusual', kind: 'trend', title: 'Unusual amounts', metrics: ['amount'], grain: 'day', anomalies: true},
      {
        id: 'dots',
        kind: 'breakdown',
        title: 'Rows',
        metrics: ['rows', 'large'],
        dimension: 'region',
        mark: 'dot',
        lift: true,
      },
    ],
  })
  return readDashboard({spec, catalogue: sales(), missing: [], source: 'sales.csv', zone: 'UTC'}, session)
}
