import type {Operation} from '../../operation/operation.ts'
import {codeSamples, type Route} from './code-samples.ts'
import {problemReferences} from './problems.ts'

const time = {type: ['string', 'null'], format: 'date-time'}

/** Work that goes on after its request was answered. */
export const jobSchema = {
  type: 'object',
  description: 'Work that goes on after its request was answered',
  properties: {
    id: {type: 'string'},
    operation: {type: 'string', description: 'The operation’s id, such as `rag.ingest`'},
    status: {type: 'string', enum: ['queued', 'running', 'done', 'failed', 'cancelled']},
    created_at: {type: 'string', format: 'date-time'},
    started_at: time,
    finished_at: time,
    progress: {description: 'The last event of the operation', type: ['object', 'null'], additionalProperties: {}},
    output: {description: 'What the operation answered, once it is done'},
    error: {description: 'Why it failed', anyOf: [{$ref: '#/components/schemas/Problem'}, {type: 'null'}]},
  },
  required: ['id', 'operation', 'status', 'created_at'],
} as const

interface JobRoute extends Route {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly parameters?: readonly unknown[]
  readonly answer: Readonly<Record<string, unknown>>
}

const job = {'application/json': {schema: {$ref: '#/components/schemas/Job'}}}
const id = {name: 'id', in: 'path', required: true, description: 'The job', schema: {type: 'string'}}

const routes: readonly JobRoute[] = [
  {
    method: 'GET',
    path: '/api/v1/jobs',
    operationId: 'jobs_list',
    summary: 'List jobs, the newest first',
    description: 'The jobs of the tenant.',
    parameters: [
      {
        name: 'limit',
        in: 'query',
        description: 'How many at most',
        schema: {type: 'integer', minimum: 1, maximum: 1000, default: 100},
      },
      {
        name: 'cursor',
        in: 'query',
        description: 'Go on where an earlier list ended (its `next`)',
        schema: {type: 'string'},
      },
    ],
    answer: {
      'application/json': {
        schema: {
          type: 'object',
          properties: {
            items: {type: 'array', items: {$ref: '#/components/schemas/Job'}},
            next: {type: ['string', 'null']},
          },
          required: ['items', 'next'],
        },
      },
    },
  },
  {
    method: 'GET',
    path: '/api/v1/jobs/{id}',
    operationId: 'jobs_show',
    summary: 'Show a job',
    description: 'How far it is, and what it answered once it is done.',
    parameters: [id],
    answer: job,
  },
  {
    method: 'POST',
    path: '/api/v1/jobs/{id}/cancel',
    operationId: 'jobs_cancel',
    summary: 'Cancel a job',
    description: 'A job that runs gets a moment to clean up.',
    parameters: [id],
    answer: job,
  },
  {
    method: 'GET',
    path: '/api/v1/jobs/{id}/events',
    operationId: 'jobs_events',
    summary: 'Follow a job',
    description: 'Server-Sent Events from the beginning, or from after `Last-Event-ID`.',
    parameters: [
      id,
      {
        name: 'Last-Event-ID',
        in: 'header',
        description: 'The last event that was received; the next ones follow',
        schema: {type: 'string'},
      },
    ],
    answer: {
      'text/event-stream': {
        schema: {type: 'string', description: 'Events `progress`, `note` and `delta`, then one `result` or `error`'},
      },
    },
  },
]

/** The routes of jobs that no operation answers. */
export function jobPaths(
  operations: readonly Operation[],
  serverUrl: string | undefined,
): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const {method, path, parameters = [], answer, ...rest} of routes) {
    if (operations.some(({http}) => http?.method === method && http.path === path)) continue
    paths[path] = {
      [method.toLowerCase()]: {
        ...rest,
        tags: ['jobs'],
        parameters: [...parameters, {$ref: '#/components/parameters/X-Tenant-ID'}],
        responses: {
          '200': {
            description: 'Done',
            headers: {'X-Request-ID': {$ref: '#/components/headers/X-Request-ID'}},
            content: answer,
          },
          ...problemReferences(['401', '403', '404', '422', '429']),
        },
        'x-codeSamples': codeSamples({method, path}, {id: '019abc12-7def-7000-8000-0123456789ab'}, serverUrl),
      },
    }
  }
  return paths
}
