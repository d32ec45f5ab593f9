import type {Context} from '../operation/context.ts'

/**
 * What a record may serve. `search`: to be found and quoted; `marketing`, `training`, `analytics`, `sale`; a plugin may have more.
 */
export type Purpose = string

/** What persons have limited: restrictions (GDPR, article 18), objections (21), opt-outs (Cal. Civ. Code 1798.120 and 1798.121). */
export interface ProcessingLimits {
  /** Whether there are none, so that records need not be asked about. */
  readonly none: boolean
  /** Whether a record may be used that says this. An identifier of somebody with a limit anywhere in it is a no. */
  admits(texts: readonly (string | undefined)[]): boolean
}

/** Reads the limits on one purpose that are in force for the tenant; once for each use, as they may change at any time. */
export type OpenProcessingLimits = (context: Context, purpose: Purpose) => Promise<ProcessingLimits>

export const noLimits: ProcessingLimits = {none: true, admits: () => true}

/**
 * The limits on a purpose. A service that shows or uses records of persons asks before it does, whoever calls it. Without a plugin
 * that keeps limits there are none.
 */
export async function processingLimits(context: Context, purpose: Purpose): Promise<ProcessingLimits> {
  const open = await context.registry.processingLimits()
  return open === undefined ? noLimits : open(context, purpose)
}
