import {InvalidInputError} from '@omni-ops/core/operation'
import type {PromptOptions} from '../build/build-types.ts'
import type {PublishRequest} from '../build/publish.ts'
import type {DashboardFormat} from '../operations/formats.ts'

interface DataInput {
  readonly sample: boolean
  readonly seed: number
  readonly source?: string | undefined
  readonly time_zone?: string | undefined
  readonly as_of?: string | undefined
  readonly where: Readonly<Record<string, string>>
  readonly save_to_disk: boolean
  readonly output_dir: string
  readonly formats: readonly DashboardFormat[]
}

/** The part of a request that every build has. */
export function buildRequest(input: DataInput): Omit<PublishRequest, 'names'> {
  const {sample, seed, source, time_zone: zone, as_of: asOf, where} = input
  if (sample && source !== undefined) throw new InvalidInputError('Sample data or a source, and not both')
  return {
    data: sample ? {kind: 'sample', seed} : {kind: 'source', name: source},
    zone,
    asOf,
    where,
    directory: input.save_to_disk ? input.output_dir : undefined,
    formats: input.formats,
  }
}

interface PromptInput {
  readonly prompt?: string | undefined
  readonly model?: string | undefined
  readonly offline: boolean
  readonly strict: boolean
  readonly dry_run: boolean
}

/** @throws InvalidInputError for what only a prompt gives a meaning */
export function promptOptions({
  prompt,
  model,
  offline,
  strict,
  dry_run: dryRun,
}: PromptInput): PromptOptions | undefined {
  if (prompt === undefined) {
    const given = Object.entries({model: model !== undefined, offline, strict, dry_run: dryRun}).filter(([, is]) => is)
    if (given.length === 0) return undefined
    throw new InvalidInputError(`${given.map(([name]) => name).join(', ')} without a prompt`, {hint: 'add a prompt'})
  }
  if (offline && (strict || model !== undefined)) {
    throw new InvalidInputError('Offline no model is asked: there is none to choose, and nothing to be strict about')
  }
  return {text: prompt, model, offline, strict, dryRun}
}
