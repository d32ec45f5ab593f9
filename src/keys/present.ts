import type * as z from 'zod'
import type {Terminal} from '../cli/terminal.ts'
import type {NewKeyOutput} from './operations/key-output.ts'

/** To a person the key with a warning; to a pipe the key alone, ready for a variable or a file. */
export function present({key, name, scopes, tenant, expires_at}: z.output<typeof NewKeyOutput>, terminal: Terminal) {
  if (!terminal.stdout.isTerminal) return key
  const until = expires_at === null ? 'until it is revoked' : `until ${expires_at}`
  return [
    key,
    '',
    `This is the only time the key is shown. ${name} may ${scopes.join(', ')} in ${tenant}, ${until}.`,
  ].join('\n')
}
