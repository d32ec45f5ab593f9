import type {Present} from '@omni-ops/core/cli'
import type {gdprVerify} from '../operations/gdpr-verify.ts'

/** Says that nothing was found where nothing was, and how far that goes; a table of what is left speaks for itself. */
export const present: Present<typeof gdprVerify> = ({verdict, kept, searched_in_bytes: inBytes}, terminal) => {
  if (verdict !== 'clean' || !terminal.stdout.isTerminal) return undefined
  const scope = inBytes
    ? 'in no record and no byte of any file'
    : 'in no record; files were not searched, because only identifiers were given that could be anybody’s there'
  const lines = kept.map(({place, found, reason}) => `Kept: ${found} in ${place}: ${reason}`)
  return [`Nothing of this person was found: ${scope}.`, ...lines].join('\n')
}
