import type * as z from 'zod'
import type {Release} from '../differential-privacy/release.ts'
import type {ReleaseOutput} from '../operations/release-schemas.ts'

/** The operation's output from the service's release. */
export function releaseOutput({values, noise}: Release): Pick<z.output<typeof ReleaseOutput>, 'values' | 'noise'> {
  const {within95, ...rest} = noise
  return {values: [...values], noise: {...rest, ...(within95 === undefined ? {} : {within_95_percent: within95})}}
}
