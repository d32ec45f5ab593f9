import type * as z from 'zod'
import type {Terminal} from '../cli/terminal.ts'
import type {NewSecretOutput} from './operations/endpoint-output.ts'

/** To a person the secret with a warning; to a pipe the secret alone, ready for a variable or a file. */
export function present({secret, name, url, events, ...rest}: z.output<typeof NewSecretOutput>, terminal: Terminal) {
  if (!terminal.stdout.isTerminal) return secret
  const ends = rest.previous_secret_ends_at
  return [
    secret,
    '',
    `This is the only time the secret is shown. ${name} gets ${events.join(', ')} at ${url}.`,
    ...(ends === null ? [] : [`Until ${ends} the secret before it signs as well.`]),
  ].join('\n')
}
