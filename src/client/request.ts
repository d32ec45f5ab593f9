import {InvalidInputError} from '../operation/errors.ts'
import {jsonText} from '../operation/json-text.ts'
import type {Operation} from '../operation/operation.ts'
import {pathParameters, takesQuery} from '../operation/route.ts'

/** An operation's call as HTTP sees it. */
export interface OperationRequest {
  readonly method: string
  /** With path parameters filled in, and the query. */
  readonly path: string
  /** JSON; absent where the method takes none. */
  readonly body?: string
}

/**
 * The request for an operation with this input: path parameters in the path, the rest in the query (GET, DELETE) or as
 * a JSON body. In a query a list repeats its name and an object is JSON text; a bigint is its decimal digits anywhere.
 * Throws InvalidInputError where a path parameter is missing.
 */
export function requestOf(operation: Operation, input: Readonly<Record<string, unknown>>): OperationRequest {
  if (operation.http === undefined) throw new TypeError(`${operation.id} has no route`)
  const {method, path} = operation.http
  const inPath = pathParameters(path)
  const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const value = input[name]
    if (value === undefined || value === '') throw new InvalidInputError(`${name} is missing`)
    return encodeURIComponent(String(value))
  })
  const rest = Object.entries(input).filter(([name, value]) => value !== undefined && !inPath.includes(name))
  if (!takesQuery(operation)) return {method, path: filled, body: jsonText(Object.fromEntries(rest))}
  const query = new URLSearchParams()
  for (const [name, value] of rest) {
    for (const each of Array.isArray(value) ? value : [value]) query.append(name, queryText(each))
  }
  const text = query.toString()
  return {method, path: text === '' ? filled : `${filled}?${text}`}
}

function queryText(value: unknown): string {
  return typeof value === 'object' && value !== null ? jsonText(value) : String(value)
}
