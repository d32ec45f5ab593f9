import * as z from 'zod'
import type {CompletionWarning} from '../model/completion-event.ts'
import {InvalidRequestError, UnknownParameterError, UnsupportedParameterError} from './request-error.ts'

/** What a client calls a model. It is written down with the call, whether or not there is such a model. */
export const ModelName = z
  .string()
  .min(1)
  .max(200)
  .refine(name => name.isWellFormed() && !/\p{Cc}/u.test(name), 'has a character that no name has')

/** What happens to each field of an API's request. A field in none of the lists is refused as unknown. */
export interface FieldRules {
  /** Obeyed. */
  readonly obeyed: ReadonlySet<string>
  /** Does not change what is answered, and is not passed on: named in the header `x-omni-warnings`. With the reason. */
  readonly ignored: Readonly<Record<string, string>>
  /** Would change what is answered: refused, save for the values that mean what happens anyway. */
  readonly refused: Readonly<Record<string, {readonly unless: readonly unknown[]; readonly why: string}>>
}

/**
 * Sorts the fields of a body. A field that is null is one that was not given, as in the APIs themselves.
 * @returns the fields that are obeyed, and a warning for each that is ignored
 * @throws UnknownParameterError, UnsupportedParameterError
 */
export function sortedFields(
  body: Readonly<Record<string, unknown>>,
  {obeyed, ignored, refused}: FieldRules,
  at = '',
): {readonly fields: Record<string, unknown>; readonly warnings: CompletionWarning[]} {
  const fields: Record<string, unknown> = {}
  const warnings: CompletionWarning[] = []
  for (const [name, value] of Object.entries(body)) {
    if (obeyed.has(name)) {
      if (value !== null) fields[name] = value
    } else if (Object.hasOwn(ignored, name)) {
      if (value !== null) warnings.push({parameter: at + name, message: ignored[name]!})
    } else if (Object.hasOwn(refused, name)) {
      const {unless, why} = refused[name]!
      if (value !== null && !unless.some(each => sameJson(each, value))) {
        throw new UnsupportedParameterError(`${at}${name} is not supported: ${why}`, at + name)
      }
    } else throw new UnknownParameterError(`There is no parameter ${at}${name}`, at + name)
  }
  return {fields, warnings}
}

function sameJson(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

/** What a schema makes of a value. @throws InvalidRequestError that names the first wrong part */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const {path, message} = deepest(issue!)
  const name = parameterName(path)
  throw new InvalidRequestError(name === '' ? message : `${name}: ${message}`, name === '' ? null : name)
}

interface Issue {
  readonly code?: string | undefined
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly errors?: readonly (readonly Issue[])[]
}

/** Of a union the complaint of the alternative that came furthest, which is the one that was meant. */
function deepest(issue: Issue): {readonly path: readonly PropertyKey[]; readonly message: string} {
  const inner = (issue.errors ?? []).flatMap(alternative => alternative.slice(0, 1).map(deepest))
  const furthest = inner.toSorted((one, other) => other.path.length - one.path.length)[0]
  if (furthest === undefined || furthest.path.length === 0) return {path: issue.path, message: issue.message}
  return {path: [...issue.path, ...furthest.path], message: furthest.message}
}

/** `messages[0].content`. */
function parameterName(path: readonly PropertyKey[]): string {
  return path
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}
