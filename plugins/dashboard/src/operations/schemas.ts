import * as z from 'zod'
import {dashboardFormats} from './formats.ts'

export const DashboardFormat = z.enum(dashboardFormats)

/** A file as an answer holds it. */
export const AnsweredFile = z.object({
  format: DashboardFormat,
  file: z.string().nullable().describe('Below the dashboards directory; null where it was not saved'),
  media_type: z.string(),
  encoding: z.enum(['utf8', 'base64']).describe('Of the content'),
  content: z.string().nullable().describe('Null where it was saved'),
  bytes: z.int(),
  sha256: z.string(),
})

export const PanelOutcome = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['shown', 'partial', 'not_shown']),
  reason: z.string().nullable().describe('Why it is not shown, or not whole'),
})

export const DashboardId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.-]{0,199}$/)
  .describe('Its file without the ending, with dots for slashes')

export const ProposalTrail = z.object({
  model: z.string().nullable().describe('Who was asked, as provider/model; null where nobody was'),
  turns: z.int().describe('How often it was asked'),
  problems: z.array(z.object({turn: z.int(), problem: z.string()})).describe('Why answers were refused'),
  fallback: z
    .object({
      type: z.string(),
      code: z.enum(['offline', 'not_configured', 'model_failed', 'refused']),
      reason: z.string(),
    })
    .nullable()
    .describe('The type that stands in for a proposal, and why'),
})

export const BuiltPage = z.object({
  title: z.string(),
  type: z.string().nullable().describe('Null for a dashboard of one’s own'),
  status: z.enum(['built', 'partial', 'failed', 'proposed']).describe('Proposed: with dry_run, there is no page'),
  panels_shown: z.int(),
  panels: z.array(PanelOutcome),
  file: z.string().nullable().describe('Below the dashboards directory; null where it was not saved'),
  html: z.string().nullable().describe('The page, where it was not saved'),
  files: z.array(AnsweredFile).describe('One for each format; that of HTML has its content in html'),
  first_day: z.string().nullable(),
  last_day: z.string().nullable(),
  error: z.object({code: z.string(), message: z.string(), hint: z.string().optional()}).nullable(),
  proposal: ProposalTrail.nullable().describe('How it came about, where a prompt asked for it'),
  spec: z.record(z.string(), z.unknown()).nullable().describe('The dashboard as data, with dry_run'),
})

export const BuildOutput = z.object({
  sample: z.boolean(),
  directory: z.string().nullable().describe('Where the pages are, for whoever is on that machine; null over HTTP'),
  dashboards: z.array(BuiltPage),
})

/** What builds share: from which data, for which days, and where to. */
export const dataFields = {
  sample: z.boolean().default(false).describe('Build from seeded sample data, and say so on the page'),
  seed: z.int().min(0).max(2_147_483_647).default(1).describe('Of the sample data'),
  source: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,63}$/)
    .optional()
    .describe('A source of data of the settings; the only one where it is not named'),
  time_zone: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_+/-]{0,59}$/)
    .optional()
    .describe('Whose days these are, such as Europe/Ljubljana; as the settings say without it'),
  as_of: z
    .string()
    .regex(
      /^(19|20)\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/,
      'must be a moment of UTC, such as 2026-03-01T00:00:00Z',
    )
    .optional()
    .describe('The moment up to which it tells; the last one that the data know without it'),
  where: z
    .record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), z.string().max(200))
    .default({})
    .describe('Only rows with this value of a dimension'),
  save_to_disk: z.boolean().default(true).describe('Keep the pages in the dashboards directory; else answer them'),
  output_dir: z
    .string()
    .max(200)
    .regex(/^([a-z0-9][a-z0-9_-]{0,63}(\/[a-z0-9][a-z0-9_-]{0,63})*)?$/)
    .default('')
    .describe('A directory below the dashboards directory'),
  formats: z.array(DashboardFormat).min(1).max(20).default(['html']).describe('What files to make'),
}

/** Data of whoever runs the command. */
export const locationFields = {
  data: z
    .string()
    .min(1)
    .max(4096)
    .describe('A CSV, JSON, Parquet or SQLite file, a directory of them, postgres://… or prometheus+https://…'),
  tables: z.array(z.string().min(1).max(200)).max(100).optional().describe('Tables and views of PostgreSQL'),
  queries: z.string().min(1).max(4096).optional().describe('What is asked of Prometheus, as a YAML FILE'),
}
