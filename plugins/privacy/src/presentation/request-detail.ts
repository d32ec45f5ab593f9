import type {Terminal} from '@omni-ops/core/cli'
import type {OperationOutput} from '@omni-ops/core/operation'
import type {gdprRequestShow} from '../operations/gdpr-request-show.ts'
import {requestLines} from './request-summary.ts'

/** A request with everything about it, for a person; a pipe gets its steps. */
export function present(
  {request, identities, places, kept, steps}: OperationOutput<typeof gdprRequestShow>,
  terminal: Terminal,
): string | undefined {
  if (!terminal.stdout.isTerminal) return undefined
  const found = places.filter(place => place.found > 0 || place.state === 'unreachable' || place.state === 'failed')
  return [
    ...requestLines(request),
    ...titled(
      'Person',
      identities.map(({kind, value, via, shared}) => `${kind} ${value} (${via})${shared ? ', shared by several' : ''}`),
    ),
    ...titled(
      'Places',
      found.map(({place, ...each}) => `${place}: ${each.found} found, ${each.changed} changed, ${each.kept} kept`),
    ),
    ...titled(
      'Kept',
      kept.map(({reason, citation, records}) => `${records}: ${reason}${citation === null ? '' : ` (${citation})`}`),
    ),
    ...titled(
      'Steps',
      steps.map(({at, step, state, by}) => `${at}  ${step} → ${state} (${by})`),
    ),
  ].join('\n')
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map(line => `  ${line}`)]
}
