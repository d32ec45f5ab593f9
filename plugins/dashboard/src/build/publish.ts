import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import type {DashboardFormat} from '../operations/formats.ts'
import {type BuildResult, buildTypes, type PromptOptions} from './build-types.ts'
import type {DataChoice} from './data-supply.ts'
import {dashboardsDirectory} from './output-directory.ts'
import {keepPages, type KeptPage, type NewPage} from './page-shelf.ts'

export interface PublishRequest {
  readonly names: readonly string[]
  readonly priority?: number | undefined
  readonly data: DataChoice
  readonly zone?: string | undefined
  readonly asOf?: string | undefined
  readonly where: Readonly<Record<string, string>>
  readonly specFile?: string | undefined
  readonly prompt?: PromptOptions | undefined
  /** Below the tenant's dashboards; undefined to keep nothing. */
  readonly directory: string | undefined
  readonly formats: readonly DashboardFormat[]
}

export interface Published {
  readonly results: readonly BuildResult[]
  readonly kept: readonly KeptPage[]
  /** Where pages are on this machine; undefined where nothing was kept. */
  readonly directory: string | undefined
}

/** Builds, and keeps what was built. */
export async function publish(request: PublishRequest, context: Context): Promise<Published> {
  const {data, directory} = request
  const zone = request.zone ?? (context.settings.get('dashboard.time_zone') as string)
  const asOf = request.asOf === undefined ? undefined : momentOf(request.asOf)
  const results = await buildTypes({...request, zone, asOf}, context)
  const pages = results.flatMap((result): NewPage[] => {
    if (!('built' in result)) return []
    const {built, definition, slug, type, proposal} = result
    return [{built, slug, type, sample: data.kind === 'sample', proposal: proposal ?? null, definition}]
  })
  if (directory === undefined || pages.length === 0) return {results, kept: [], directory: undefined}
  const kept = await keepPages(context, pages, directory)
  return {results, kept, directory: dashboardsDirectory(context)}
}

/** @throws InvalidInputError for the 31st of February, which JavaScript takes for a day in March */
export function momentOf(text: string): string {
  const moment = new Date(text)
  if (!Number.isNaN(moment.getTime()) && moment.toISOString().slice(0, 19) === text.slice(0, 19)) return text
  throw new InvalidInputError(`There is no moment ${text}`)
}
