import {
  GraphQLError,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  GraphQLFloat,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql'
import type {OperationEvent} from '../../operation/context.ts'
import type {Operation} from '../../operation/operation.ts'
import {inputSchema, type JsonSchema, outputSchema} from '../json-schema.ts'
import {type CallOptions, failureOf, type OperationCall} from '../operation-call.ts'
import {nameOf, pascalCase, typeNameOf} from '../operation-names.ts'
import {EventQueue} from './event-queue.ts'
import {fieldName, jsonInput, TypeFactory} from './types.ts'

/** What a resolver finds in its context. */
export interface GraphQlContext {
  readonly call: OperationCall
  readonly request: Request
}

type Field = GraphQLFieldConfig<unknown, GraphQlContext>
type Input = Readonly<Record<string, unknown>>

/**
 * The operations as a GraphQL schema: those that read as queries, the others as mutations, each under its name with
 * the fields of its input as arguments; and each as a subscription that tells how it goes on, then its result.
 */
export function graphQlSchema(operations: readonly Operation[]): GraphQLSchema {
  const types = new TypeFactory()
  const queries: GraphQLFieldConfigMap<unknown, GraphQlContext> = {}
  const mutations: GraphQLFieldConfigMap<unknown, GraphQlContext> = {}
  const subscriptions: GraphQLFieldConfigMap<unknown, GraphQlContext> = {}
  for (const operation of operations) {
    const name = nameOf(operation)
    const field = fieldOf(operation, types)
    if (operation.effects === 'read') queries[name] = field
    else mutations[name] = field
    subscriptions[name] = subscriptionOf(operation, field)
  }
  const root = (name: string, description: string, fields: GraphQLFieldConfigMap<unknown, GraphQlContext>) =>
    Object.keys(fields).length === 0 ? null : new GraphQLObjectType({name, description, fields})
  return new GraphQLSchema({
    query: root('Query', 'Operations that read', queries),
    mutation: root('Mutation', 'Operations that write; they run one after the other', mutations),
    subscription: root('Subscription', 'An operation with what it says while it runs', subscriptions),
  })
}

function fieldOf(operation: Operation, types: TypeFactory): Field {
  const name = typeNameOf(operation)
  const output = outputSchema(operation)
  const input = inputSchema(operation)
  const shapes = input.$defs ?? {}
  return {
    description: operation.http?.description ?? operation.description ?? `${operation.summary}.`,
    type: types.output(output, output.$defs ?? {}, `${name}Response`),
    args: Object.fromEntries(
      Object.entries(input.properties ?? {}).map(([field, schema]) => [
        fieldName(field),
        types.argument(schema, shapes, `${name}${pascalCase(field)}`, input.required?.includes(field) ?? false),
      ]),
    ),
    resolve: (_root, args: Input, {call, request}) =>
      orGraphQlError(call(operation, inputOf(args, input), {signal: request.signal})),
  }
}

function inputOf(args: Input, schema: JsonSchema): Input {
  return jsonInput(args, {...schema, type: 'object'}, schema.$defs ?? {}) as Input
}

async function orGraphQlError(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer
  } catch (error) {
    const {message, ...extensions} = failureOf(error)
    throw new GraphQLError(message, {extensions: {...extensions}, originalError: error as Error})
  }
}

const OperationProgress = new GraphQLObjectType({
  name: 'OperationProgress',
  description: 'How far an operation is',
  fields: {
    label: {type: new GraphQLNonNull(GraphQLString), description: 'What it is doing'},
    done: {type: new GraphQLNonNull(GraphQLFloat), description: 'How much of it is done'},
    total: {type: GraphQLFloat, description: 'How much there is; null where nobody knows yet'},
    unit: {type: GraphQLString, description: 'What is counted'},
  },
})

const OperationNote = new GraphQLObjectType({
  name: 'OperationNote',
  description: 'Something worth knowing that an operation met',
  fields: {
    level: {type: new GraphQLNonNull(GraphQLString), description: 'info or warn'},
    message: {type: new GraphQLNonNull(GraphQLString), description: 'What it met'},
  },
})

function subscriptionOf(operation: Operation, field: Field): Field {
  const result = field.type instanceof GraphQLNonNull ? field.type.ofType : field.type
  return {
    description: field.description ?? null,
    ...(field.args ? {args: field.args} : {}),
    type: new GraphQLNonNull(
      new GraphQLObjectType({
        name: `${typeNameOf(operation)}Update`,
        description: 'Exactly one of its fields is not null; the last update has the result',
        fields: {
          progress: {type: OperationProgress, description: 'How far it is'},
          note: {type: OperationNote, description: 'Something worth knowing'},
          delta: {type: GraphQLString, description: 'A piece of the result’s text as it is generated'},
          result: {type: result, description: 'What it answered'},
        },
      }),
    ),
    subscribe: (_root, args: Input, {call, request}) => {
      if (operation.effects !== 'read' && request.method === 'GET') throw new GraphQLError(...getThatWrites)
      const input = inputOf(args, inputSchema(operation))
      return updates(options => call(operation, input, options), request.signal)
    },
    resolve: update => update,
  }
}

// As EventSource sends it; a foreign page can make a browser send one too.
const getThatWrites = [
  'A subscription that writes must be a POST',
  {extensions: {code: 'method_not_allowed', status: 405}},
] as const

/** What an operation says, then its result. Whoever stops reading cancels it. */
async function* updates(start: (options: CallOptions) => Promise<unknown>, outer: AbortSignal) {
  const abandoned = new AbortController()
  const queue = new EventQueue<OperationEvent>()
  const running = orGraphQlError(
    start({signal: AbortSignal.any([abandoned.signal, outer]), emit: event => queue.push(event)}),
  ).finally(() => queue.end())
  // Where nobody reads to the end, nobody hears of a failure; that is no unhandled rejection.
  running.catch(() => {})
  try {
    for await (const event of queue) yield updateOf(event)
    yield {result: await running}
  } finally {
    abandoned.abort()
  }
}

function updateOf(event: OperationEvent) {
  switch (event.type) {
    case 'progress':
      return {progress: event}
    case 'note':
      return {note: event}
    case 'delta':
      return {delta: event.text}
  }
}
