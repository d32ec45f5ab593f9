import type {Terminal} from '@omni-ops/core/cli'
import type {OperationOutput} from '@omni-ops/core/operation'
import type {gdprErase} from '../operations/gdpr-erase.ts'

type Output = OperationOutput<typeof gdprErase>

const waits: Readonly<Record<string, string>> = {
  identity: 'It has to be made sure who asks: omni gdpr request verify',
  unreachable: 'A place could not be reached. Run the same command again when it is back',
  review: 'Somebody has to look at what was found: omni gdpr request items, then decide and approve',
  delivery: 'What was found has to be handed over',
  notices: 'Recipients have to be told: omni gdpr notice list --state pending',
}

/** What a request came to, for a person; a pipe gets the table of places. */
export function present(output: Output, terminal: Terminal): string | undefined {
  if (!terminal.stdout.isTerminal) return undefined
  const {request, places, kept, dry_run: dryRun} = output
  const lines = [headline(output)]
  for (const {place, found, changed, kept: left, verified, state, message} of places) {
    const done = dryRun ? `${found} found` : `${changed} of ${found} changed${verified ? ', looked at again' : ''}`
    const rest = [...(left > 0 ? [`${left} kept`] : []), ...(state === 'found' || state === 'done' ? [] : [state])]
    lines.push(`  ${place}: ${[done, ...rest].join(', ')}${message === null ? '' : ` (${message})`}`)
  }
  for (const {reason, citation, records} of kept) {
    lines.push(`  kept ${records}: ${reason}${citation === null ? '' : ` (${citation})`}`)
  }
  const waiting = request?.waiting
  if (waiting) lines.push(waits[waiting] ?? waiting)
  if (request?.state === 'closed') lines.push(`Receipt: omni gdpr request receipt ${request.id}`)
  return lines.join('\n')
}

function headline({request, places}: Output): string {
  if (request !== null) {
    const how = request.state === 'closed' ? `closed, ${request.outcome}` : `${request.state}, due ${request.due_by}`
    return `Request ${request.id} (${request.right}): ${how}`
  }
  if (places.length === 0) return 'Dry run: nobody of this description is known'
  return 'Dry run: nothing was changed'
}
