import type * as z from 'zod'

/** Something that happened and that others may want to know of: what its name means and what is told with it. */
export interface EventDefinition<P extends z.ZodObject = z.ZodObject> {
  /** `<domain>.<noun>.<participle>` or `<noun>.<participle>`: never renamed, as receivers match on it. */
  readonly name: string
  /** One line: what has happened when it is told. */
  readonly summary: string
  /** What is told with it: identifiers and numbers, no content and nobody's personal data. */
  readonly payload: P
  readonly example: z.input<P>
  /** What a principal needs to be told of it, as an operation would ask that shows the same; `*` for every scope. */
  readonly scopes: readonly string[] | '*'
}

/** Full-stop delimited words, as Standard Webhooks 1.0 recommends for types of events. */
const namePattern = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/

/**
 * Defines an event, as plain data. A plugin lists its events (`definePlugin({events})`), a unit of work publishes them.
 * Throws a TypeError where the definition contradicts itself, which is a bug of the plugin.
 */
export function defineEvent<P extends z.ZodObject>(definition: EventDefinition<P>): EventDefinition<P> {
  const {name, payload, example} = definition
  if (!namePattern.test(name)) throw new TypeError(`Event name "${name}" is not lower-case words joined by dots`)
  if (!payload.safeParse(example).success) throw new TypeError(`The example of event ${name} is none`)
  return Object.freeze(definition)
}
