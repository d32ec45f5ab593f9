import {shellLine} from '@omni-ops/core/ci/pipeline-file'
import {InvalidInputError} from '@omni-ops/core/operation'

/** Which dashboards a pipeline builds, and from what. */
export interface DashboardPipeline {
  readonly data: string | undefined
  readonly source: string | undefined
  readonly sample: boolean
  readonly catalog: string | undefined
  readonly zone: string | undefined
  /** Names of secrets of the platform. */
  readonly secrets: readonly string[]
  readonly branch: string
  /** What npm installs. */
  readonly package: string
}

/** Where the pages are put, for the platform to keep. */
export const pagesDirectory = 'dashboards'

/** Mondays at 02:00; both platforms read it in UTC. */
export const everyMonday = '0 2 * * 1'

export const installLine = (pipeline: DashboardPipeline): string =>
  shellLine('npm', 'install', '--global', '--ignore-scripts', pipeline.package)

/**
 * Builds what the variable PRIORITY says: 1, 2, 3 or all. It is compared and never run, so that nothing that somebody
 * types into a form becomes a command. Dashboards that data cannot fill whole are no failure.
 * @throws InvalidInputError where not exactly one kind of data is named
 */
export function buildLines({data, source, sample, catalog, zone}: DashboardPipeline): readonly string[] {
  const kinds = [
    ...(data === undefined ? [] : [['--data', data]]),
    ...(source === undefined ? [] : [['--source', source]]),
    ...(sample ? [['--sample']] : []),
  ]
  if (kinds.length !== 1) {
    throw new InvalidInputError('A pipeline builds from one kind of data', {
      hint: 'give one of --data, --source and --sample',
    })
  }
  if (catalog !== undefined && data === undefined) throw new InvalidInputError('--catalog goes with --data')
  const rest = shellLine(
    ...kinds.flat(),
    ...(catalog === undefined ? [] : ['--catalog', catalog]),
    ...(zone === undefined ? [] : ['--time-zone', zone]),
    '--out',
    pagesDirectory,
  )
  return [
    'case "$PRIORITY" in 1|2|3) set -- --priority "$PRIORITY" ;; *) set -- --all ;; esac',
    `omni dashboard build "$@" ${rest} || test $? -eq 3`,
  ]
}
