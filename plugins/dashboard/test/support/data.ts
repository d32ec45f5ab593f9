import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {onTestFinished} from 'vitest'
import {Catalogue} from '../../src/catalogue/catalogue.ts'
import type {DataSession} from '../../src/data/data-session.ts'
import {openFiles} from '../../src/data/load-files.ts'
import {panelProblems} from '../../src/spec/check-panel.ts'
import {DashboardSpec, type Panel} from '../../src/spec/dashboard-spec.ts'
import {readPanel} from '../../src/query/panel-data.ts'
import {reportingPeriod, settleZones} from '../../src/query/reporting-period.ts'
import type * as z from 'zod'

export const signal: AbortSignal = new AbortController().signal

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'omni-dashboard-'))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  return directory
}

/** Files by name, and a session on all of them. */
export async function sessionOn(files: Readonly<Record<string, string | Uint8Array>>): Promise<DataSession> {
  const directory = temporaryDirectory()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
  const session = await openFiles(directory, {signal, workingDirectory: directory})
  onTestFinished(() => session.close())
  return session
}

export const catalogueOf = (input: Omit<z.input<typeof Catalogue>, 'version'>): Catalogue =>
  Catalogue.parse({version: 1, ...input})

interface Shown {
  readonly catalogue: Catalogue
  /** As it stands in a file: parsed before it is shown. */
  readonly panel: object
  readonly period: object
  readonly zone?: string
  readonly asOf?: string
  readonly filters?: readonly object[]
}

/** What one panel shows of data; fails where something speaks against it. */
export async function show(session: DataSession, {catalogue, panel, period, zone = 'UTC', asOf, filters = []}: Shown) {
  const spec = DashboardSpec.parse({version: 1, title: 'Test', period, filters, panels: [panel]})
  await settleZones(catalogue, session)
  const reporting = await reportingPeriod(catalogue, session, {period: spec.period, zone, asOf})
  const [each] = spec.panels as [Panel]
  const problems = panelProblems(each, spec, catalogue)
  if (problems.length > 0) throw new Error(problems.map(({message}) => message).join('; '))
  return {data: await readPanel(each, {catalogue, period: reporting!, spec}, session), period: reporting!}
}

export const sales = (extra: Partial<Catalogue> = {}): Catalogue =>
  catalogueOf({
    tables: {
      sales: {key: ['id'], time: {column: 'at', kind: 'instant'}, measures: {amount: 'amount', latency: 'value'}},
    },
    metrics: {
      amount: {kind: 'sum', title: 'Amount', table: 'sales', column: 'amount', unit: {kind: 'number'}},
      rows: {kind: 'count', title: 'Rows', table: 'sales', unit: {kind: 'count'}},
      large: {
        kind: 'count',
        title: 'Large',
        table: 'sales',
        where: [{column: 'amount', operator: 'at_least', values: [10]}],
        unit: {kind: 'count'},
      },
      share: {kind: 'ratio', title: 'Share', numerator: 'large', denominator: 'rows', unit: {kind: 'share'}},
    },
    dimensions: {region: {title: 'Region', table: 'sales', column: 'region'}},
    ...extra,
  })
