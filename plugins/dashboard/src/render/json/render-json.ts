import type {DashboardData} from '../../build/dashboard-data.ts'
import {DashboardDocument, documentOf} from './dashboard-document.ts'

/** A dashboard as JSON, as docs/dashboard.schema.json describes it, its keys in the schema's order. */
export async function renderJson(data: DashboardData): Promise<string> {
  return `${JSON.stringify(DashboardDocument.parse(documentOf(data)), null, 2)}\n`
}
