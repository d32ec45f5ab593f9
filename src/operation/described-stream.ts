/** A route that is a stream of events and no operation, as the OpenAPI document tells of it. */
export interface DescribedStream {
  /** Its `operationId`, which begins with its topic: `dashboard_events`. */
  readonly name: string
  /** Below `/api/v1`, with its parameters in braces. It answers GET. */
  readonly path: string
  readonly summary: string
  readonly description: string
  readonly scopes: readonly string[]
  /** Those of the path, and those of the query. */
  readonly parameters: readonly StreamParameter[]
  /** What may come, and when it ends: the text of its answer. */
  readonly events: {readonly until: string; readonly shape: string}
  /** Values of the path’s parameters. */
  readonly example: Readonly<Record<string, string>>
}

export interface StreamParameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly description: string
  /** A JSON Schema. An object in the query is a parameter for each of its members. */
  readonly schema: Readonly<Record<string, unknown>>
}
