import * as z from 'zod'
import {DashboardDocument} from './dashboard-document.ts'

/** The JSON Schema of a dashboard as JSON, as docs/dashboard.schema.json publishes it. */
export const documentSchema = () => z.toJSONSchema(DashboardDocument, {io: 'output', reused: 'ref'})
