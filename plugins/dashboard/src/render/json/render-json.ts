import type {DashboardData} from '../../build/dashboard-data.ts'
import {DashboardDocument, documentOf} from './dashboard-document.ts'
import {jsonText} from './json-text.ts'

/** A dashboard as JSON, as docs/dashboard.schema.json describes it, its keys in the schema's order. */
export async function renderJson(data: DashboardData): Promise<string> {
  return `${jsonText(DashboardDocument.parse(documentOf(data)))}\n`
}
