import {InvalidInputError} from '../operation/errors.ts'
import type {EventDefinition} from '../operation/event.ts'
import {nearest} from '../operation/nearest.ts'

/** There is no such event. */
export class UnknownEventError extends InvalidInputError {
  override readonly code = 'unknown_event'
}

/** Whether a subscription, such as `rag.*`, covers a type of event. */
export function covers(pattern: string, type: string): boolean {
  if (pattern === '*') return true
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type
}

/** The events that subscriptions cover, of those there are. Throws UnknownEventError for one that covers none. */
export function coveredEvents(
  patterns: readonly string[],
  events: readonly EventDefinition[],
): readonly EventDefinition[] {
  const names = events.map(event => event.name)
  const unknown = patterns.filter(pattern => !names.some(name => covers(pattern, name)))
  if (unknown.length > 0) {
    const wildcards = names.map(name => `${name.slice(0, name.lastIndexOf('.'))}.*`)
    const near = [...new Set(unknown.flatMap(pattern => nearest(pattern, [...names, ...wildcards])))]
    throw new UnknownEventError(`There is no event ${unknown.join(' or ')}`, {
      hint: near.length > 0 ? `did you mean ${near.join(' or ')}?` : '`omni webhooks events` lists them',
      details: {unknown, events: names},
    })
  }
  return events.filter(event => patterns.some(pattern => covers(pattern, event.name)))
}
