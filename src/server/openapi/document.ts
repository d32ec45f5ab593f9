import type {DescribedStream} from '../../operation/described-stream.ts'
import type {Operation} from '../../operation/operation.ts'
import {pathParameters, takesQuery} from '../../operation/route.ts'
import {inputSchema, type JsonSchema, outputSchema} from '../json-schema.ts'
import {nameOf, topicOf, typeNameOf} from '../operation-names.ts'
import {codeSamples} from './code-samples.ts'
import {hasJobs, jobEvents} from './jobs.ts'
import {problemReferences, problemResponses, problemSchema} from './problems.ts'
import {requestExample} from './request-example.ts'
import {SchemaComponents} from './schema-components.ts'
import {streamPath} from './streams.ts'

export interface OpenApiOptions {
  /** The program's. */
  readonly version: string
  /** Where the API is reached, without a slash at the end; `/` means: where the document came from. */
  readonly serverUrl?: string
  /** What each topic is about, from `Registry.topics`. */
  readonly topics?: Readonly<Record<string, string>>
  /** Routes that are streams of events, from `Registry.streams`. */
  readonly streams?: readonly DescribedStream[]
  /** The identity provider whose tokens are accepted besides API keys. */
  readonly openIdConnectUrl?: string
}

/** An OpenAPI document, as data. Its parts are not typed one by one: validators know them better than types do. */
export interface OpenApiDocument {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly [member: string]: unknown
}

const description = `Every operation of omni over HTTP. The same operations are commands (\`omni rag search\`), GraphQL fields
(\`/graphql\`) and MCP tools (\`/mcp\`), all under the name that is the \`operationId\` here.

**Authentication.** \`Authorization: Bearer …\` with an API key or a token of the identity provider. A key belongs to a tenant;
\`X-Tenant-ID\` chooses another one within its rights.

**Errors** are problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)). \`code\` stays the same from version to version; match on it, not on the text.

**Progress.** With \`Accept: text/event-stream\` any operation answers with Server-Sent Events: \`progress\`, \`note\` and \`delta\`
while it runs, then one \`result\` or one \`error\`. Whoever closes the connection cancels the operation.

**Long work.** With \`Prefer: respond-async\` ([RFC 7240](https://www.rfc-editor.org/rfc/rfc7240)) an operation that writes is answered with 202 and a job.

**Repeating.** An \`Idempotency-Key\` makes a write safe to send again: the first answer is given again for 24 hours.`

/**
 * The OpenAPI 3.1 document of those operations that have a route (https://spec.openapis.org/oas/v3.1.1).
 * Throws a TypeError where operations contradict each other, such as two shapes of one name.
 */
export function openApiDocument(operations: readonly Operation[], options: OpenApiOptions): OpenApiDocument {
  const routed = operations.filter(operation => operation.http).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const components = new SchemaComponents(routed)
  const topics = [...new Set(routed.map(topicOf))].toSorted()
  const jobs = hasJobs(routed)
  return {
    openapi: '3.1.1',
    info: {
      title: 'omni',
      version: options.version,
      summary: 'Operations for a whole platform: documents with cited answers, privacy, audit',
      description,
      contact: {name: 'Whoever runs this server'},
      license: {name: 'Apache 2.0', identifier: 'Apache-2.0'},
    },
    servers: [{url: options.serverUrl ?? '/', description: 'This server'}],
    security: [{api_key: []}, {identity_token: []}],
    tags: topics.map(name => ({
      name,
      description: options.topics?.[name] ?? `Operations on ${name}`,
    })),
    paths: mergePaths([
      ...routed.map(operation => pathOf(operation, components, jobs, options)),
      ...[...(jobs ? [jobEvents] : []), ...(options.streams ?? [])].map(stream =>
        streamPath(stream, options.serverUrl),
      ),
    ]),
    components: {
      schemas: sortedByName({
        ...components.schemas(),
        ...Object.fromEntries(routed.flatMap(operation => bodySchemas(operation, components))),
        Problem: problemSchema,
      }),
      parameters: commonParameters,
      headers: commonHeaders,
      responses: problemResponses,
      securitySchemes: securitySchemes(options),
    },
  }
}

type Paths = Record<string, Record<string, unknown>>

function mergePaths(parts: readonly Paths[]): Paths {
  const paths: Paths = {}
  for (const [path, item] of parts.flatMap(part => Object.entries(part))) paths[path] = {...paths[path], ...item}
  return sortedByName(paths)
}

function sortedByName<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function pathOf(operation: Operation, components: SchemaComponents, jobs: boolean, options: OpenApiOptions): Paths {
  const {http, effects, scopes} = operation
  if (!http) return {}
  const example = requestExample(operation)
  const inBody = hasBody(operation)
  const writes = effects !== 'read'
  return {
    [http.path]: {
      [http.method.toLowerCase()]: {
        operationId: nameOf(operation),
        summary: operation.summary,
        description: descriptionOf(operation),
        tags: [topicOf(operation)],
        parameters: [
          ...fieldParameters(operation, components, example),
          {$ref: '#/components/parameters/X-Tenant-ID'},
          {$ref: '#/components/parameters/X-Request-ID'},
          ...(writes ? [{$ref: '#/components/parameters/Idempotency-Key'}] : []),
          ...(writes && jobs ? [{$ref: '#/components/parameters/Prefer'}] : []),
        ],
        ...(inBody ? {requestBody: requestBody(operation, example)} : {}),
        responses: responsesOf(operation, jobs),
        'x-effects': effects,
        'x-scopes': scopes,
        'x-codeSamples': codeSamples(http, example ?? {}, options.serverUrl),
      },
    },
  }
}

function descriptionOf({summary, description: more, http, scopes, effects}: Operation): string {
  const rights = scopes.length === 0 ? '' : ` Needs ${scopes.map(scope => `\`${scope}\``).join(' and ')}.`
  const danger = effects === 'destructive' ? ' What it takes away does not come back.' : ''
  return `${http?.description ?? more ?? `${summary}.`}${danger}${rights}`
}

function hasBody(operation: Operation): boolean {
  if (operation.http === undefined || takesQuery(operation)) return false
  const inPath = pathParameters(operation.http.path)
  return Object.keys(operation.input.shape as object).some(field => !inPath.includes(field))
}

/** What is in the path, and for GET and DELETE the rest of the input as the query. */
function fieldParameters(
  operation: Operation,
  components: SchemaComponents,
  example: Readonly<Record<string, unknown>> = {},
): readonly unknown[] {
  const schema = components.refer(inputSchema(operation), 'input')
  const inPath = pathParameters(operation.http?.path ?? '')
  const inQuery = takesQuery(operation)
  return Object.entries(schema.properties ?? {})
    .filter(([field]) => inQuery || inPath.includes(field))
    .map(([field, {description: what, ...property}]) => ({
      name: field,
      in: inPath.includes(field) ? 'path' : 'query',
      required: inPath.includes(field) || (schema.required ?? []).includes(field),
      ...(what === undefined ? {} : {description: what}),
      ...(isObject(property)
        ? {content: {'application/json': {schema: property}}}
        : {schema: property, ...(property.type === 'array' ? {style: 'form', explode: true} : {})}),
      ...(example[field] === undefined || isObject(property) ? {} : {example: example[field]}),
    }))
}

/** An object has no form of its own in a query: it is JSON text there. */
function isObject({type, properties}: JsonSchema): boolean {
  return type === 'object' || properties !== undefined
}

function requestBody(operation: Operation, example: Readonly<Record<string, unknown>> | undefined) {
  const inPath = pathParameters(operation.http?.path ?? '')
  const body = Object.fromEntries(Object.entries(example ?? {}).filter(([field]) => !inPath.includes(field)))
  return {
    required: true,
    content: {
      'application/json': {
        schema: {$ref: `#/components/schemas/${typeNameOf(operation)}Request`},
        ...(example ? {example: body} : {}),
      },
      ...(operation.http?.files === undefined
        ? {}
        : {'multipart/form-data': {schema: {$ref: `#/components/schemas/${typeNameOf(operation)}Form`}}}),
    },
  }
}

/** The same fields as in JSON, with files as they are; lists and objects that are no files stay JSON text in it. */
function formSchema(request: JsonSchema, files: string): JsonSchema {
  const {properties = {}} = request
  const {description, ...field} = properties[files] ?? {}
  const file = {type: 'string', format: 'binary'}
  return {
    ...request,
    properties: {
      ...properties,
      [files]: {
        ...(description === undefined ? {} : {description}),
        ...(field.type === 'array' ? {type: 'array', items: file} : file),
      },
    },
  }
}

function bodySchemas(operation: Operation, components: SchemaComponents): readonly (readonly [string, JsonSchema])[] {
  const name = typeNameOf(operation)
  const response = [`${name}Response`, components.refer(outputSchema(operation), 'output')] as const
  if (!hasBody(operation)) return [response]
  const {properties = {}, required = [], ...schema} = components.refer(inputSchema(operation), 'input')
  const inPath = pathParameters(operation.http?.path ?? '')
  const fields = Object.entries(properties).filter(([field]) => !inPath.includes(field))
  const needed = required.filter(field => !inPath.includes(field))
  const request = {
    ...schema,
    properties: Object.fromEntries(fields),
    ...(needed.length > 0 ? {required: needed} : {}),
    // The door is strict: a misspelt field is an error, never ignored.
    additionalProperties: false,
  }
  const {files} = operation.http!
  return [
    [`${name}Request`, request],
    ...(files === undefined ? [] : [[`${name}Form`, formSchema(request, files)] as const]),
    response,
  ]
}

function responsesOf(operation: Operation, jobs: boolean): Record<string, unknown> {
  const writes = operation.effects !== 'read'
  const partial = operation.outcome ? {'Omni-Exit-Code': {$ref: '#/components/headers/Omni-Exit-Code'}} : {}
  return {
    '200': {
      description: 'Done',
      headers: {
        ...answerHeaders,
        ...partial,
        ...(writes ? {'Idempotent-Replayed': {$ref: '#/components/headers/Idempotent-Replayed'}} : {}),
      },
      content: {
        'application/json': {schema: {$ref: `#/components/schemas/${typeNameOf(operation)}Response`}},
        ...(operation.http?.file
          ? {
              [operation.http.file.types]: {
                schema: {type: 'string', format: 'binary', description: 'The file itself, where there is exactly one'},
              },
            }
          : {}),
        'text/event-stream': {
          schema: {
            type: 'string',
            description:
              'Events `progress`, `note` and `delta`, then one `result` whose data is the JSON answer, or one `error` whose data is the problem.',
          },
        },
      },
    },
    ...(writes && jobs
      ? {
          '202': {
            description: 'Accepted: a job does the work (`Prefer: respond-async`)',
            headers: {...answerHeaders, Location: {$ref: '#/components/headers/Location'}},
            content: {'application/json': {schema: {$ref: '#/components/schemas/JobsShowResponse'}}},
          },
        }
      : {}),
    ...problemReferences([
      '400',
      '401',
      '403',
      '404',
      '409',
      ...(hasBody(operation) ? ['413', '415'] : []),
      '422',
      '429',
      '500',
      '503',
    ]),
  }
}

const answerHeaders = Object.fromEntries(
  ['X-Request-ID', 'Omni-Version', 'RateLimit', 'RateLimit-Policy'].map(name => [
    name,
    {$ref: `#/components/headers/${name}`},
  ]),
)

const commonParameters = {
  'X-Tenant-ID': {
    name: 'X-Tenant-ID',
    in: 'header',
    description: 'The tenant to work in, within the rights of the key; the key’s own by default',
    schema: {type: 'string', pattern: '^[a-z0-9][a-z0-9_-]{0,62}$'},
  },
  'X-Request-ID': {
    name: 'X-Request-ID',
    in: 'header',
    description: 'Comes back in the answer and stands in the logs; made where it is absent',
    schema: {type: 'string', maxLength: 128},
  },
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A name for this request, such as a UUID; sent again with the same body, it is answered and not done again',
    schema: {type: 'string', minLength: 1, maxLength: 255},
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    description: '`respond-async`: answer with a job at once, and do the work after (RFC 7240)',
    schema: {type: 'string', examples: ['respond-async']},
  },
}

const commonHeaders = {
  'X-Request-ID': {description: 'Names this request in the logs', schema: {type: 'string'}},
  'Omni-Version': {description: 'The version of the program that answered', schema: {type: 'string'}},
  'Omni-Exit-Code': {
    description:
      'The exit code that the command would have, where it is not 0: 3 for partial work, 7 for a failed gate',
    schema: {type: 'integer', minimum: 0, maximum: 255},
  },
  'Idempotent-Replayed': {
    description: '`true` where this is the answer to an earlier request with the same Idempotency-Key',
    schema: {type: 'string', enum: ['true']},
  },
  Location: {description: 'Where the job is', schema: {type: 'string', format: 'uri-reference'}},
  RateLimit: {
    description: 'What is left of the quota (draft-ietf-httpapi-ratelimit-headers)',
    schema: {type: 'string', examples: ['"default";r=50;t=30']},
  },
  'RateLimit-Policy': {
    description: 'The quota (draft-ietf-httpapi-ratelimit-headers)',
    schema: {type: 'string', examples: ['"default";q=100;w=60']},
  },
  'Retry-After': {description: 'Seconds to wait before the next try', schema: {type: 'integer', minimum: 0}},
}

function securitySchemes({openIdConnectUrl}: OpenApiOptions): Record<string, unknown> {
  return {
    api_key: {type: 'http', scheme: 'bearer', bearerFormat: 'omni_…', description: 'A key of `omni keys create`'},
    identity_token: openIdConnectUrl
      ? {type: 'openIdConnect', openIdConnectUrl, description: 'A token of the identity provider'}
      : {type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A token of the identity provider'},
  }
}
