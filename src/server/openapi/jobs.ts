import type {Operation} from '../../operation/operation.ts'
import {codeSamples} from './code-samples.ts'
import {problemReferences} from './problems.ts'

const path = '/api/v1/jobs/{id}/events'

/** Whether long work can go on as a job: then there are operations that tell of jobs. */
export function hasJobs(operations: readonly Operation[]): boolean {
  return operations.some(({id}) => id === 'jobs.show')
}

/** The route of a job's events, which is a stream and no operation. */
export function jobEventsPath(serverUrl: string | undefined): Record<string, Record<string, unknown>> {
  const get = {
    operationId: 'jobs_events',
    summary: 'Follow a job',
    description: 'Server-Sent Events from the beginning, or from after `Last-Event-ID`.',
    tags: ['jobs'],
    parameters: [
      {name: 'id', in: 'path', required: true, description: 'The id of the job', schema: {type: 'string'}},
      {
        name: 'Last-Event-ID',
        in: 'header',
        description: 'The last event that was received; the next ones follow',
        schema: {type: 'string'},
      },
      {$ref: '#/components/parameters/X-Tenant-ID'},
      {$ref: '#/components/parameters/X-Request-ID'},
    ],
    responses: {
      '200': {
        description: 'What the job says, until it ends',
        headers: {'X-Request-ID': {$ref: '#/components/headers/X-Request-ID'}},
        content: {
          'text/event-stream': {
            schema: {
              type: 'string',
              description: 'Events `progress`, `note` and `delta`, then one `result` or `error`',
            },
          },
        },
      },
      ...problemReferences(['401', '403', '404', '422', '429']),
    },
    'x-codeSamples': codeSamples({method: 'GET', path}, {id: '019abc12-7def-7000-8000-0123456789ab'}, serverUrl),
  }
  return {[path]: {get}}
}
