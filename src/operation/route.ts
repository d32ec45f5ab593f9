import type {Operation} from './operation.ts'

/** The names of the path parameters of a route: `/documents/{tenant_id}` has `tenant_id`. */
export function pathParameters(path: string): readonly string[] {
  return [...path.matchAll(/\{([a-z0-9_]+)\}/g)].map(match => match[1]!)
}

/** Whether an operation's input travels in the query, as it does where a request has no body. */
export function takesQuery(operation: Operation): boolean {
  return operation.http?.method === 'GET' || operation.http?.method === 'DELETE'
}
