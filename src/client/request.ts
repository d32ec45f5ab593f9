import {InvalidInputError} from '../operation/errors.ts'
import type {Operation} from '../operation/operation.ts'

/** An operation's call as HTTP sees it. */
export interface OperationRequest {
  readonly method: string
  /** With path parameters filled in, and the query. */
  readonly path: string
  /** JSON; absent where the method takes none. */
  readonly body?: string
}

/** The names of the path parameters of a route: `/documents/{tenant_id}` has `tenant_id`. */
export function pathParameters(path: string): readonly string[] {
  return [...path.matchAll(/\{([^}]+)\}/g)].map(match => match[1]!)
}

/** Whether a method's input travels in the query instead of a body. */
export function inputInQuery(method: string): boolean {
  return method === 'GET' || method === 'DELETE'
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
  if (!inputInQuery(method)) return {method, path: filled, body: json(Object.fromEntries(rest))}
  const query = new URLSearchParams()
  for (const [name, value] of rest) {
    for (const each of Array.isArray(value) ? value : [value]) query.append(name, queryText(each))
  }
  const text = query.toString()
  return {method, path: text === '' ? filled : `${filled}?${text}`}
}

function queryText(value: unknown): string {
  return typeof value === 'object' && value !== null ? json(value) : String(value)
}

function json(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each))
}
