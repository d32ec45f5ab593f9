import * as Flags from '@oclif/core/flags'
import type * as Interfaces from '@oclif/core/interfaces'
import type {Operation} from '../operation/operation.ts'

/** `--yes` or `--confirm NAME`, for an operation that asks. */
export function confirmationFlags(operation: Operation): Interfaces.FlagInput {
  const {confirm} = operation.cli
  if (confirm === undefined) return {}
  if (confirm === 'yes') return {yes: Flags.boolean({char: 'y', description: 'Do it without asking'})}
  return {
    confirm: Flags.string({
      description: `Repeat the ${confirm.repeat.replaceAll('_', ' ')} to do it without asking`,
      helpValue: 'TEXT',
    }),
  }
}
