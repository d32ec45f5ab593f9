import {GraphQLError, NoSchemaIntrospectionCustomRule} from 'graphql'
import {createYoga, type Plugin} from 'graphql-yoga'
import type {Operation} from '../../operation/operation.ts'
import {failureOf, type OperationCall} from '../operation-call.ts'
import {defaultLimits, type GraphQlLimits, limitRule} from './limits.ts'
import {graphQlSchema} from './schema.ts'

export interface GraphQlOptions {
  readonly operations: readonly Operation[]
  /** Where the handler is mounted. */
  readonly path?: string
  /** Whether clients may ask for the schema. */
  readonly introspection?: boolean
  readonly limits?: GraphQlLimits
}

/** Answers a request to `/graphql`, in the name of its sender. */
export type GraphQlHandler = (request: Request, call: OperationCall) => Promise<Response>

/**
 * GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/), subscriptions over SSE in the single
 * connection's distinct mode. A request that writes must be a POST with a JSON body: no form on a foreign page can
 * send one without being asked for by the browser first.
 */
export function graphQlHandler({
  operations,
  path = '/graphql',
  introspection = true,
  limits = defaultLimits,
}: GraphQlOptions): GraphQlHandler {
  const yoga = createYoga<{call: OperationCall}>({
    schema: graphQlSchema(operations),
    graphqlEndpoint: path,
    graphiql: false,
    landingPage: false,
    batching: false,
    multipart: false,
    logging: false,
    // Of Node itself; the library's own would be another class of Response.
    fetchAPI: globalThis,
    parserAndValidationCache: true,
    maskedErrors: {maskError: masked},
    plugins: [limited(limits, introspection)],
  })
  return async (request, call) => {
    const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
    if (request.method === 'POST' && type !== 'application/json') {
      return Response.json(
        {errors: [{message: 'The body must be application/json', extensions: {code: 'unsupported_media_type'}}]},
        {status: 415, headers: {Accept: 'application/json'}},
      )
    }
    return yoga.handleRequest(request, {call})
  }
}

function limited(limits: GraphQlLimits, introspection: boolean): Plugin {
  return {
    onParse({parseFn, setParseFn}) {
      setParseFn((source, options) => parseFn(source, {...options, maxTokens: limits.tokens}))
    },
    onValidate({addValidationRule}) {
      addValidationRule(limitRule(limits))
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule)
    },
  }
}

/** Of an error that nobody expected nothing is told; errors of GraphQL itself and of operations are told whole. */
function masked(error: unknown): Error {
  if (error instanceof GraphQLError && isExpected(error)) return error
  const {message, ...extensions} = failureOf(error)
  return new GraphQLError(message, {extensions: {...extensions}})
}

/** Has a code, or arose in GraphQL itself: a variable that does not fit is told around what its type says of it. */
function isExpected({extensions, originalError}: GraphQLError): boolean {
  if (extensions.code !== undefined || originalError === undefined) return true
  return originalError instanceof GraphQLError && isExpected(originalError)
}
