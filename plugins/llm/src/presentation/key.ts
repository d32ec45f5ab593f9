import type {Present} from '@omni-ops/core/cli'
import type {keysCreate} from '../operations/keys-create.ts'

/** To a person the key with a warning; to a pipe the key alone. */
export const present: Present<typeof keysCreate> = (output, terminal) => {
  if (!terminal.stdout.isTerminal) return output.key
  const may = output.targets.length === 0 ? 'everything' : output.targets.join(', ')
  const limits = [
    ...(output.rpm === null ? [] : [`${output.rpm} requests a minute`]),
    ...(output.tpm === null ? [] : [`${output.tpm} tokens a minute`]),
    ...(output.budget_usd === null ? [] : [`$${output.budget_usd}`]),
  ]
  const within = limits.length === 0 ? 'without limits of its own' : `within ${limits.join(', ')}`
  return [output.key, '', `This is the only time the key is shown. ${output.name} may ask ${may}, ${within}.`].join(
    '\n',
  )
}
