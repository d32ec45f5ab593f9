import {Flags, UsageError} from '@omni-ops/core/cli'

/** What goes with the user's own data, in every command that reads them. */
export const catalogFlag = Flags.string({
  description: 'What the columns of --data mean; found by their names without it',
  helpValue: 'FILE',
})
export const specFlag = Flags.string({
  description: 'A dashboard of your own, with --data and --catalog',
  helpValue: 'FILE',
})

/** @throws UsageError where more than one kind of data is named */
export function assertOneKindOfData({
  data,
  source,
  sample,
}: {
  data?: unknown
  source?: unknown
  sample?: unknown
}): void {
  if ([data !== undefined, source !== undefined, sample === true].filter(Boolean).length < 2) return
  throw new UsageError('--data, --source and --sample are three kinds of data: choose one')
}
